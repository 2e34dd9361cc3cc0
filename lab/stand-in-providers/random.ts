import { randomInt } from "node:crypto";
import { hash, truncates } from "bcryptjs";
import { Problem, type Provider } from "./protocol/provider.js";
import { computed, optional, optionalComputed, required } from "./protocol/schema.js";
import { UNKNOWN, type Values } from "./protocol/values.js";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";
/** The cost of Go's bcrypt.DefaultCost, which the real provider uses. */
const BCRYPT_COST = 10;

const kind = () => optionalComputed("bool", { default: true });
const minimum = () => optionalComputed("number", { default: 0 });

/** hashicorp/random: ephemeral passwords only. */
export const randomProvider: Provider = {
  block: { attributes: {} },
  configure: () => undefined,
  dataSources: {},
  resources: {},
  ephemeralResources: {
    random_password: {
      block: {
        attributes: {
          length: required("number"),
          lower: kind(),
          upper: kind(),
          numeric: kind(),
          special: kind(),
          min_lower: minimum(),
          min_upper: minimum(),
          min_numeric: minimum(),
          min_special: minimum(),
          override_special: optional("string"),
          result: computed("string", { sensitive: true }),
          bcrypt_hash: computed("string", { sensitive: true }),
        },
      },
      validate: (config) => [...checkLength(config), ...checkKinds(config)],
      async open(config) {
        const result = randomPassword(config);
        return { ...config, result, bcrypt_hash: await bcrypt(result) };
      },
    },
  },
};

function checkLength({ length, ...config }: Values): Problem[] {
  if (length === UNKNOWN) return [];
  const minima = ["min_upper", "min_lower", "min_numeric", "min_special"];
  const least = minima.map((name) => config[name] ?? 0);
  const sum = least.includes(UNKNOWN) ? 0 : least.reduce((sum, value) => sum + value, 0);
  const limits = [...(length < 1 ? ["1"] : []), ...(length < sum ? [`sum of ${minima.join(" + ")}`] : [])];
  return limits.map((limit) => {
    const detail = `Attribute length value must be at least ${limit}, got: ${length}`;
    return new Problem("Invalid Attribute Value", detail, ["length"]);
  });
}

function checkKinds(config: Values): Problem[] {
  const kinds = ["special", "upper", "lower", "numeric"];
  if (kinds.some((name) => config[name] !== false)) return [];
  const detail = `At least one attribute out of [${kinds}] must be specified as true`;
  return [new Problem("Invalid Attribute Combination", detail, ["numeric"])];
}

/** Each minimum from its own alphabet, the rest from all of them, in random order. `randomInt` has no modulo bias. */
export function randomPassword(wanted: Values): string {
  const special = wanted.override_special || SPECIAL;
  const alphabets: [string, boolean, number][] = [
    [LOWER, wanted.lower, wanted.min_lower],
    [UPPER, wanted.upper, wanted.min_upper],
    [DIGITS, wanted.numeric, wanted.min_numeric],
    [special, wanted.special, wanted.min_special],
  ];
  const all = alphabets.map(([alphabet, used]) => (used ? alphabet : "")).join("");
  if (all === "") throw new Problem("Random Read Error", "the character set specified is empty");
  const characters = alphabets.flatMap(([alphabet, , least]) => pick(alphabet, least));
  return shuffled([...characters, ...pick(all, wanted.length - characters.length)]).join("");
}

function pick(alphabet: string, count: number): string[] {
  const characters = [...alphabet];
  return Array.from({ length: count }, () => characters[randomInt(characters.length)]!);
}

/** Fisher-Yates. */
function shuffled<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}

/** bcrypt hashes only the first 72 bytes of a password. */
async function bcrypt(password: string): Promise<string> {
  const bytes = truncates(password) ? Buffer.from(password).subarray(0, 72).toString() : password;
  return hash(bytes, BCRYPT_COST);
}
