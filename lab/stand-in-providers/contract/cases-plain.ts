import type { Case, Configuration } from "./case.js";
import { container } from "./case.js";

const password = (attributes: object): Configuration => ({
  resource: { random_password: { it: { length: 24, ...attributes } } },
  output: { length: { value: "${nonsensitive(length(random_password.it.result))}" } },
});

const nothing = (attributes: object): Configuration => ({ resource: { null_resource: { it: attributes } } });

const external = (attributes: object): Configuration => ({
  data: { external: { it: attributes } },
  output: { result: { value: "${data.external.it.result}" } },
});

const secretEnv: Configuration = {
  resource: {
    random_password: { it: { length: 16, special: false } },
    docker_network: { it: { name: "contract-secret", ipam_config: [{ subnet: "10.86.206.0/24" }] } },
    docker_container: {
      it: container("secret", {
        env: ["A=1", "PASSWORD=${random_password.it.result}"],
        labels: [{ label: "known-later", value: "${random_password.it.id}" }],
        networks_advanced: [{ name: "${docker_network.it.id}", aliases: ["it"] }],
        log_opts: { "max-size": "1m", tag: "${random_password.it.id}" },
        memory_reservation: "${length(random_password.it.result)}",
        healthcheck: [{ test: ["CMD", "${random_password.it.id}"], interval: "10s" }],
      }),
    },
    null_resource: { it: { triggers: { container: "${docker_container.it.id}", visible: "yes" } } },
  },
};

/** Cases of the providers random, null and external. */
export const plain: Case[] = [
  {
    rule: "a password is kept until a keeper changes",
    steps: [
      { apply: password({ keepers: { version: "1" } }) },
      { plan: password({ keepers: { version: "1" } }) },
      { apply: password({ keepers: { version: "2" } }) },
      { plan: password({}) },
    ],
  },
  {
    rule: "every setting of a password replaces it",
    steps: [
      { apply: password({ special: false, min_numeric: 3 }) },
      { plan: password({ special: false, min_numeric: 3, min_lower: 0 }) },
      { plan: password({ min_numeric: 3, override_special: "_-" }) },
      { plan: password({ special: false, min_numeric: 3, length: 30 }) },
      { plan: password({ special: false, min_numeric: 3, numeric: false }) },
    ],
  },
  {
    rule: "a password shorter than its minimums is refused",
    steps: [{ plan: password({ length: 3, min_upper: 2, min_lower: 2 }), fails: ["Invalid Attribute Value"] }],
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
