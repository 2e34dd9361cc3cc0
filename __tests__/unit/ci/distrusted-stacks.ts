import type { Stack } from "./refused-stacks.js";

const withTerraform = (blocks: object) => (text: string) => {
  const json = JSON.parse(text) as Stack;
  Object.assign(json.terraform, blocks);
  return JSON.stringify(json);
};
const connection = "data.external: the trusted stack has no SSH command of this app";

/** What may not be in the JSON even of a trusted stack: in words, the change that brings it in, and the reason. */
export const distrusted: readonly [string, (text: string) => string, string][] = [
  [
    "whose connection starts a program",
    (text) => text.replaceAll("-o BatchMode=yes", "-o ProxyCommand=id"),
    connection,
  ],
  ["whose bastion is a command", (text) => text.replaceAll("-o BatchMode=yes", "-o 'ProxyJump=x`id`'"), connection],
  [
    "that trusts every host",
    (text) => text.replaceAll("StrictHostKeyChecking=yes", "StrictHostKeyChecking=no"),
    connection,
  ],
  [
    "whose connection reads options from a file, in which a program may be named",
    (text) => text.replaceAll(" -o StrictHostKeyChecking=yes", " -F /tmp/config -o StrictHostKeyChecking=yes"),
    connection,
  ],
  [
    "whose docker provider starts a program",
    (text) => text.replace('"BatchMode=yes"', '"ProxyCommand=id"'),
    "provider.docker: is not configured as by this app",
  ],
  [
    "whose docker provider reads options from a file",
    (text) => text.replace('"ssh_opts": [', '"ssh_opts": ["-F", "/tmp/config",'),
    "provider.docker: is not configured as by this app",
  ],
  [
    "with a provider from elsewhere",
    (text) => text.replace('"source": "null"', '"source": "evil/null"'),
    "terraform.required_providers.null: is not a provider of this app",
  ],
  ...[
    ["kubernetes", { exec: { command: "id" } }, "exec"],
    ["kubernetes", { config_path: "../trusted/kubeconfig" }, "config_path"],
    ["s3", { shared_config_files: ["../trusted/config"] }, "shared_config_files"],
    ["s3", { shared_credentials_file: "../trusted/config" }, "shared_credentials_file"],
    ["gcs", { credentials: "../trusted/credentials.json" }, "credentials"],
  ].map(([type, block, name]): [string, (text: string) => string, string] => [
    `whose backend of type ${type} may start a program: ${name}`,
    withTerraform({ backend: { [type as string]: block } }),
    `terraform.backend.${type}.${name}: could start a program; set the backend's environment variable in the job instead`,
  ]),
  [
    "with another setting of Terraform",
    withTerraform({ provider_meta: { null: {} } }),
    "terraform.provider_meta: is not part of a stack of this app",
  ],
];
