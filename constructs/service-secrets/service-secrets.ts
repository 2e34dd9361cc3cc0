import { type ITerraformDependable, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HostResource, recordKey } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import { expectedSecrets, SECRET_LENGTH, type ServiceSecret } from "./secret.js";

/** Properties of a service's secrets. */
export interface ServiceSecretsProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Directory on the host for them; only its owner can read it. */
  readonly directory: string;
  /** Who reads them in the container, as `uid:gid`. @default root */
  readonly owner?: string | undefined;
  /** Names and origins of the secrets. */
  readonly secrets: readonly ServiceSecret[];
  /** What a plan says that a changed secret does. @default restart */
  readonly effect?: string | undefined;
  /** The command that sets a secret; its name follows. */
  readonly setCommand: string;
  /** The database by which a service without data is recognized: `service_kind` and the inputs of sql.sh. */
  readonly database: Readonly<Record<"service_kind" | "database_container" | "superuser" | "database", string>>;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * The secrets of a service. The host keeps them, and nothing else does: a deploy offers a new value for each, which the
 * program discards if there is one already. Terraform makes the values in every run and stores none.
 */
export class ServiceSecrets extends HostResource {
  /** Directory on the host that holds them. */
  readonly directory: string;

  constructor(scope: Construct, id: string, props: ServiceSecretsProps) {
    const { host, directory, secrets, setCommand } = props;
    const names = (policy: ServiceSecret["policy"]) =>
      secrets.filter((each) => each.policy === policy).map(({ name }) => name);
    const made = [...names("generated"), ...names("pinned")];
    const generated = newValues(scope, made.length).map((value, nth) => `${made[nth]}=${value}`);
    super(scope, id, {
      host,
      program: "service-secrets/apply",
      input: {
        secrets: directory,
        owner: props.owner ?? "0:0",
        expected: expectedSecrets(secrets),
        ...(props.effect && { effect: props.effect }),
        ...props.database,
      },
      extra: { generated: generated.join("\n") },
      dependsOn: props.dependsOn,
    });
    const list = (policy: ServiceSecret["policy"]) => names(policy).join(",") || "-";
    host.require(`secrets ${recordKey(scope, id)} ${directory} ${list("pinned")} ${list("given")} ${setCommand}`);
    this.directory = directory;
  }
}

/**
 * New values: parts of one ephemeral password, which Terraform makes in every run and never stores. One, because the
 * provider hashes every password with bcrypt. cdktf has no class for it.
 */
function newValues(scope: Construct, count: number): string[] {
  if (count === 0) return [];
  const address = `ephemeral.random_password.${recordKey(scope, "new_secrets")}`;
  TerraformStack.of(scope).addOverride(address, { length: SECRET_LENGTH * count, special: false });
  return Array.from(
    { length: count },
    (_, nth) => `\${substr(${address}.result, ${nth * SECRET_LENGTH}, ${SECRET_LENGTH})}`,
  );
}
