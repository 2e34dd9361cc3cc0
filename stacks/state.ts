import { statSync } from "node:fs";
import path from "node:path";
import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  PgBackend,
  type PgBackendConfig,
  S3Backend,
  type S3BackendConfig,
  TaggedCloudWorkspaces,
  type TerraformStack,
} from "cdktf";
import { type Backend, statePlace } from "../settings/backend.js";
import type { Environment, InvalidEnvironment } from "../settings/environment.js";

type Of<Type extends Backend["type"]> = Extract<Backend, { type: Type }>;

/** Has the stack keep its state where the environment says. */
export function keepState(stack: TerraformStack, { name, backend }: Environment): void {
  if (backend.type === "cloud") cloud(stack, backend);
  else if (backend.type === "s3") s3(stack, backend);
  // The bindings ask for connStr, which holds a password; Terraform takes it from PG_CONN_STR.
  else if (backend.type === "pg") new PgBackend(stack, { schemaName: backend.schemaName } as PgBackendConfig);
  // Beside cdktf.out, not in it: cdktf deletes there what it does not synthesize.
  else new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
}

function cloud(stack: TerraformStack, { hostname, organization, workspace, tags }: Of<"cloud">): void {
  new CloudBackend(stack, {
    ...(hostname !== undefined && { hostname }),
    organization,
    workspaces: tags ? new TaggedCloudWorkspaces(tags) : new NamedCloudWorkspace(workspace!),
  });
}

function s3(stack: TerraformStack, { type: _, endpoint, ...settings }: Of<"s3">): void {
  const server = endpoint === undefined ? {} : notAmazon(endpoint);
  const backend = new S3Backend(stack, { ...settings, ...server } as S3BackendConfig);
  // Younger than the bindings. The lock is an object beside the state; that needs Terraform or OpenTofu 1.10.
  if (settings.dynamodbTable === undefined) backend.addOverride("use_lockfile", true);
}

/** What a server of another maker has not: regions, accounts, a metadata service, checksums, buckets as host names. */
function notAmazon(endpoint: string) {
  return {
    endpoints: { s3: endpoint },
    usePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
    skipRequestingAccountId: true,
    skipS3Checksum: true,
  };
}

/**
 * The local state files that were lost while Terraform wrote them. It empties the file before it writes, and takes an empty
 * one for none: a destroy would find nothing to take away, and say that all is well. What it had read is in the copy beside it.
 *
 * @param folder where local states are
 */
export function emptiedStates(environments: readonly Environment[], folder: string): InvalidEnvironment[] {
  return environments.flatMap(({ name, backend }) => {
    const file = path.relative(process.cwd(), path.join(folder, `${name}.tfstate`));
    if (backend.type !== "local" || bytes(file) !== 0 || !bytes(`${file}.backup`)) return [];
    const message =
      "is empty, as Terraform leaves it when it is killed while writing, and what it manages would be forgotten";
    const remedy = `bring back what was in it before, \`cp ${file}.backup ${file}\`, and deploy`;
    return [{ environment: name, file, problems: [{ path: "", value: undefined, message, remedy }] }];
  });
}

const bytes = (file: string) => statSync(file, { throwIfNoEntry: false })?.size;

/**
 * How the mark on the host names the place of a state that is not in a file: as a Terraform template, because which of
 * several workspaces it is, is known to Terraform alone.
 */
export function markedPlace({ backend }: Environment): string | undefined {
  if (backend.type !== "cloud" || backend.tags === undefined) return statePlace(backend);
  const { hostname = "app.terraform.io", organization } = backend;
  return `${hostname}/${organization}/\${terraform.workspace}`;
}
