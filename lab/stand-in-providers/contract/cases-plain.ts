import type { Case, Configuration } from "./case.js";
import { container } from "./case.js";

const password = (attributes: object): Configuration => ({ ephemeral: { random_password: { it: attributes } } });

/** Writes values of a password into the file `got`, one a line. */
const received = (attributes: object, values: Record<string, string>, trigger = "1"): Configuration => ({
  ...password(attributes),
  resource: {
    null_resource: {
      it: {
        triggers: { trigger },
        provisioner: [{ "local-exec": { command: `${lines(Object.keys(values))} > got`, environment: values } }],
      },
    },
  },
});

const lines = (names: string[]) => `printf '%s\\n' ${names.map((name) => `"${name} $${name}"`).join(" ")}`;

const RESULT = "ephemeral.random_password.it.result";
const count = (characters: string) => `\${length(regexall("${characters}", ${RESULT}))}`;
/** Everything but the two random values. */
const SETTINGS =
  '${jsonencode({for k, v in ephemeral.random_password.it : k => v if !contains(["result", "bcrypt_hash"], k)})}';
const HASH = '${can(regex("^[$]2[ab][$]10[$].{53}$", ephemeral.random_password.it.bcrypt_hash))}';

/** One character only, so that the password of a plan is that of its apply. */
const known = { length: 20, lower: false, upper: false, numeric: false, override_special: "~" };

const nothing = (attributes: object): Configuration => ({ resource: { null_resource: { it: attributes } } });

const external = (attributes: object): Configuration => ({
  data: { external: { it: attributes } },
  output: { result: { value: "${data.external.it.result}" } },
});

const secretEnv: Configuration = {
  resource: {
    null_resource: {
      source: {},
      it: { triggers: { container: "${docker_container.it.id}", visible: "yes" } },
    },
    docker_network: { it: { name: "contract-secret", ipam_config: [{ subnet: "10.86.206.0/24" }] } },
    docker_container: {
      it: container("secret", {
        env: ["A=1", "PASSWORD=${sensitive(null_resource.source.id)}"],
        labels: [{ label: "known-later", value: "${null_resource.source.id}" }],
        networks_advanced: [{ name: "${docker_network.it.id}", aliases: ["it"] }],
        log_opts: { "max-size": "1m", tag: "${null_resource.source.id}" },
        memory_reservation: '${sensitive(null_resource.source.id == "" ? 0 : 16)}',
        healthcheck: [{ test: ["CMD", "${null_resource.source.id}"], interval: "10s" }],
      }),
    },
  },
};

/** Cases of the providers random, null and external, and of values that a plan does not know or show. */
export const plain: Case[] = [
  {
    rule: "a provisioner gets an ephemeral password that neither the plan nor the state holds",
    steps: [
      { apply: received(known, { RESULT: `\${${RESULT}}` }) },
      { file: "got" },
      { find: "~~~" },
      // What a plan and a state do hold.
      { find: "null_resource" },
      { plan: received(known, { RESULT: `\${${RESULT}}` }) },
      { destroy: received(known, { RESULT: `\${${RESULT}}` }) },
    ],
  },
  {
    rule: "an ephemeral password has its length and its kinds of characters",
    steps: [
      { apply: received({ length: 73 }, { LENGTH: count("."), SETTINGS, HASH }) },
      { file: "got" },
      {
        apply: received(
          { length: 6, special: false, min_upper: 1, min_lower: 2, min_numeric: 3 },
          { UPPER: count("[A-Z]"), LOWER: count("[a-z]"), DIGITS: count("[0-9]"), SETTINGS, HASH },
          "2",
        ),
      },
      { file: "got" },
      {
        apply: received(
          { length: 8, upper: false, lower: false, override_special: "äö", min_special: 4, min_numeric: 4 },
          { SPECIAL: count("[äö]"), DIGITS: count("[0-9]"), SETTINGS },
          "3",
        ),
      },
      { file: "got" },
    ],
  },
  {
    rule: "invalid settings of an ephemeral password are refused",
    steps: [
      {
        plan: password({ length: 0 }),
        fails: ["Invalid Attribute Value", "Attribute length value must be at least 1, got: 0"],
      },
      {
        plan: password({ length: 3, min_upper: 2, min_lower: 2 }),
        fails: [
          "Invalid Attribute Value",
          "must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 3",
        ],
      },
      {
        plan: password({ length: 8, special: false, upper: false, lower: false, numeric: false }),
        fails: [
          "Invalid Attribute Combination",
          "At least one attribute out of [special,upper,lower,numeric] must be specified as true",
        ],
      },
      { plan: password({ length: 8, keepers: {} }), fails: ['No argument or block type is named "keepers"'] },
    ],
  },
  {
    rule: "sensitive and unknown values are marked in a plan",
    steps: [{ apply: secretEnv }, { plan: secretEnv }],
  },
  {
    rule: "changed triggers replace",
    steps: [
      { apply: nothing({ triggers: { a: "1" } }) },
      { plan: nothing({ triggers: { a: "1" } }) },
      { apply: nothing({ triggers: { a: "2", b: "1" } }) },
      { plan: nothing({}) },
      { destroy: nothing({ triggers: { a: "2", b: "1" } }) },
    ],
  },
  {
    rule: "added triggers replace only if they have a value",
    steps: [
      { apply: nothing({}) },
      { plan: nothing({ triggers: { a: null } }) },
      { plan: nothing({ triggers: { a: "1" } }) },
    ],
  },
  {
    rule: "an external program answers the query",
    steps: [
      { apply: external({ program: ["sh", "-c", "cat"], query: { a: "1", b: 'ü "$x" %%{' } }) },
      { plan: external({ program: ["sh", "-c", "cat"], query: { a: "1", b: 'ü "$x" %%{' } }) },
      { apply: external({ program: ["sh", "-c", 'echo "{\\"in\\":\\"$(basename "$PWD")\\"}"'], working_dir: "/etc" }) },
    ],
  },
  {
    rule: "the error output of an external program that fails is shown",
    steps: [
      {
        plan: external({ program: ["sh", "-c", 'echo "database is down" >&2; exit 3'] }),
        fails: ["External Program Execution Failed", "database is down", "exit status 3"],
      },
      {
        plan: external({ program: ["sh", "-c", "exit 4"] }),
        fails: ["no additional error messaging", "exit status 4"],
      },
      { plan: external({ program: ["contract-no-such-program"] }), fails: ["External Program Lookup Failed"] },
    ],
  },
  {
    rule: "an external program must answer with strings",
    steps: [
      {
        plan: external({ program: ["sh", "-c", 'echo "{\\"a\\": 1}"'] }),
        fails: ["Unexpected External Program Results", "JSON encoded map of string keys and string values"],
      },
      { plan: external({ program: ["echo", "no JSON"] }), fails: ["Unexpected External Program Results"] },
    ],
  },
];
