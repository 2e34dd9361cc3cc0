import { randomInt } from "node:crypto";
import { hash, truncates } from "bcryptjs";
import { replacesKept } from "./null.js";
import { Problem, type Provider } from "./protocol/provider.js";
import { computed, map, optional, optionalComputed, required } from "./protocol/schema.js";
import { UNKNOWN, type Values } from "./protocol/values.js";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";
/** The cost of Go's bcrypt.DefaultCost, which the real provider uses. */
const BCRYPT_COST = 10;

const kind = () => optionalComputed("bool", { default: true, forceNew: true });
const minimum = () => optionalComputed("number", { default: 0, forceNew: true });

/** hashicorp/random: passwords only. */
export const randomProvider: Provider = {
  block: { attributes: {} },
  configure: () => undefined,
  dataSources: {},
  resources: {
    random_password: {
      version: 3,
      block: {
        attributes: {
          id: computed("string"),
          length: required("number", { forceNew: true }),
          keepers: optional(map("string"), { forceNew: replacesKept }),
          lower: kind(),
          upper: kind(),
          numeric: kind(),
          // The deprecated name of `numeric`, always equal to it: the real provider would replace a state without it.
          number: optionalComputed("bool", {
            default: ({ numeric }: Values) => numeric ?? true,
            forceNew: true,
            check: () => "stand-in provider: attribute number of random_password is not implemented here: use numeric",
          }),
          special: kind(),
          min_lower: minimum(),
          min_upper: minimum(),
          min_numeric: minimum(),
          min_special: minimum(),
          override_special: optional("string", { forceNew: (before, after) => before !== "" || after !== null }),
          result: computed("string", { sensitive: true }),
          bcrypt_hash: computed("string", { sensitive: true }),
        },
      },
      validate: checkLength,
      async create(planned) {
        const result = randomPassword(planned);
        return { ...planned, id: "none", result, bcrypt_hash: await bcrypt(result) };
      },
    },
  },
};

function checkLength(config: Values): Problem[] {
  const minima = ["min_lower", "min_upper", "min_numeric", "min_special"].map((name) => config[name] ?? 0);
  if ([config.length, ...minima].includes(UNKNOWN)) return [];
  const least = Math.max(
    1,
    minima.reduce((sum, value) => sum + value, 0),
  );
  if (config.length >= least) return [];
  const problem = `length (${config.length}) must be at least 1 and at least the sum of the minimums (${least})`;
  return [new Problem("Invalid Attribute Value", problem, ["length"])];
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
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]!);
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
