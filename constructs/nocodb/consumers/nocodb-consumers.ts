import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostRemoval } from "../../remote-host/host-removal.js";
import { HostResource, recordKey } from "../../remote-host/host-resource.js";
import type { RemoteHost } from "../../remote-host/remote-host.js";

/** An application that calls NocoDB's API with its own token and rights. */
export interface NocodbConsumer {
  /** Lower case letters, digits and `-`: its user in NocoDB is `<name>@consumers.invalid`. */
  readonly name: string;
  /**
   * `creator` may create bases, `viewer` sees the bases it has a role in, `super-admin` gets a token of the super
   * admin.
   */
  readonly role: "creator" | "viewer" | "super-admin";
  /** Its role in bases of others, by their titles: `creator`, `editor`, `commenter` or `viewer`. */
  readonly bases: Readonly<Record<string, string>>;
  /** Path on the host. */
  readonly envFile: string;
  /** Whether the whole file is the app's (0600), or only a marked block in it. */
  readonly ownFile: boolean;
  /** What to do if the file is missing; an own file is always created (0600). */
  readonly missingFile: "error" | "create";
  /** Variables in its env file besides NOCODB_API_TOKEN. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its container, which reads the file when it is created. */
  readonly container: string;
  /**
   * Command on the host, run as the deploy user, that creates the container again. @default the deploy prints what to
   * run
   */
  readonly recreate?: string | undefined;
}

/**
 * The consumers as lib.sh reads them, and as a plan shows them: one setting a line, with the keys of the environment
 * file.
 */
export function renderConsumers(consumers: readonly NocodbConsumer[]): string {
  const settings = (consumer: NocodbConsumer): (readonly [string, string])[] => [
    ["role", consumer.role],
    ...Object.entries(consumer.bases).map(([title, role]) => ["bases", `${role} ${title}`] as const),
    ["envFile", consumer.envFile],
    ["ownFile", String(consumer.ownFile)],
    ["missingFile", consumer.missingFile],
    ...Object.entries(consumer.variables).map(([name, value]) => ["variables", `${name}=${value}`] as const),
    ["container", consumer.container],
    ...(consumer.recreate === undefined ? [] : [["recreate", consumer.recreate] as const]),
  ];
  return consumers.flatMap((each) => settings(each).map(([key, value]) => `${each.name} ${key} ${value}`)).join("\n");
}

export interface NocodbConsumersProps {
  readonly host: RemoteHost;
  /** NocoDB's container, and the TCP port it listens on. */
  readonly container: string;
  readonly port: number;
  /** Path on the host of the env file with the super admin's name and password. */
  readonly environmentFile: string;
  /** Directory on the host with NocoDB's secrets. */
  readonly secretsDirectory: string;
  /** Container and superuser of the PostgreSQL that reads NocoDB's answers for a plan. */
  readonly postgresql: { readonly container: string; readonly superuser: string };
  /** Owner of env files that are created. */
  readonly deployUser: string;
  /** Titles of bases that are created if they are missing; the super admin owns them. */
  readonly bases: readonly string[];
  readonly consumers: readonly NocodbConsumer[];
  /** Runs the step again after NocoDB's start: the id of the step that waited for it. */
  readonly healthy: string;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * The consumers of NocoDB's API, all of them in one step that reconciles users, bases, roles, tokens and the lines in
 * their env files, and closes the sign-up. Tokens go from NocoDB into the files and never leave the host.
 */
export class NocodbConsumers extends HostResource {
  constructor(scope: Construct, id: string, props: NocodbConsumersProps) {
    super(scope, id, {
      host: props.host,
      program: "nocodb/consumers/apply",
      input: {
        api_container: props.container,
        port: String(props.port),
        env_file: props.environmentFile,
        secrets: props.secretsDirectory,
        deploy_user: props.deployUser,
        database_container: props.postgresql.container,
        superuser: props.postgresql.superuser,
        bases: props.bases.join("\n"),
        consumers: renderConsumers(props.consumers),
      },
      triggers: { healthy: props.healthy },
      dependsOn: props.dependsOn,
    });
    props.host.require("command curl curl", "command flock util-linux");
    for (const { name, ownFile, missingFile, envFile } of props.consumers) {
      props.host.require(`env_file ${name} ${ownFile} ${missingFile} ${envFile}`);
    }
  }
}

export interface NocodbConsumersRemovalProps {
  readonly host: RemoteHost;
  /** The id of the NocodbConsumers in the same scope. */
  readonly of: string;
  /** NocoDB's containers whose consumers exist: one, or none. */
  readonly containers: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Removes the lines and tokens of all consumers while NocoDB still runs, on destroy or when it is disabled. */
export class NocodbConsumersRemoval extends HostRemoval {
  constructor(scope: Construct, id: string, props: NocodbConsumersRemovalProps) {
    super(scope, id, {
      host: props.host,
      program: "nocodb/consumers/remove",
      input: { key: recordKey(scope, props.of) },
      each: "api_container",
      things: props.containers,
      dependsOn: props.dependsOn,
    });
  }
}
