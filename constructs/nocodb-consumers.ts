import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostRemoval } from "./host-removal.js";
import { KeptOnHost, keyOf } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";

/** An application that calls NocoDB's API with a token and rights of its own. */
export interface NocodbConsumer {
  /** Lower case letters, digits and `-`: its user in NocoDB is `<name>@consumers.invalid`. */
  readonly name: string;
  /** `creator` may create bases, `viewer` sees the bases it has a role in, `super-admin` gets a token of the super admin. */
  readonly role: "creator" | "viewer" | "super-admin";
  /** Its role in bases of others, by their titles: `creator`, `editor`, `commenter` or `viewer`. */
  readonly bases: Readonly<Record<string, string>>;
  /** Path on the host. */
  readonly envFile: string;
  /** The whole file is the app's (0600), not only a marked block in it. */
  readonly ownFile: boolean;
  /** What a missing file is; an own file is always created (0600). */
  readonly missingFile: "error" | "create";
  /** What it finds beside NOCODB_API_TOKEN. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its container, which reads the file when it is created. */
  readonly container: string;
  /** Command on the host, run as the deploy user, that creates the container anew. @default the deploy says what to run */
  readonly recreate?: string | undefined;
}

/** The consumers as consumers.sh reads them, and as a plan shows them: one fact a line. */
export function renderConsumers(consumers: readonly NocodbConsumer[]): string {
  const facts = (consumer: NocodbConsumer): (readonly [string, string])[] => [
    ["role", consumer.role],
    ...Object.entries(consumer.bases).map(([title, role]) => ["base", `${role} ${title}`] as const),
    ["env_file", consumer.envFile],
    ["keeps", consumer.ownFile ? "file" : "block"],
    ["missing", consumer.missingFile],
    ...Object.entries(consumer.variables).map(([name, value]) => ["line", `${name}=${value}`] as const),
    ["container", consumer.container],
    ...(consumer.recreate === undefined ? [] : [["recreate", consumer.recreate] as const]),
  ];
  return consumers.flatMap((each) => facts(each).map(([key, value]) => `${each.name} ${key} ${value}`)).join("\n");
}

export interface NocodbConsumersProps {
  readonly host: RemoteHost;
  /** NocoDB's container, and the TCP port it listens on. */
  readonly service: string;
  readonly port: number;
  /** Path on the host of the env file with the super admin's name and password. */
  readonly environmentFile: string;
  /** Owner of env files that are created. */
  readonly deployUser: string;
  readonly consumers: readonly NocodbConsumer[];
  /** What makes it look again: NocoDB's start. */
  readonly serving: string;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * The consumers of NocoDB's API, all of them in one step that reconciles: users, roles, tokens, and the lines in their env
 * files; with the sign-up closed to everyone else. Tokens go from NocoDB into the files and come no further than the host.
 */
export class NocodbConsumers extends KeptOnHost {
  constructor(scope: Construct, id: string, props: NocodbConsumersProps) {
    super(scope, id, {
      host: props.host,
      scripts: [...LIBRARIES, "ensure-consumers.sh"],
      input: {
        service: props.service,
        port: String(props.port),
        env_file: props.environmentFile,
        deploy_user: props.deployUser,
        consumers: renderConsumers(props.consumers),
      },
      triggers: { serving: props.serving },
      dependsOn: props.dependsOn,
    });
    props.host.require("command curl curl", "command flock util-linux");
    for (const { name, ownFile, missingFile, envFile } of props.consumers) {
      props.host.require(`env_file ${name} ${ownFile ? "file" : "block"} ${missingFile} ${envFile}`);
    }
  }
}

export interface NocodbConsumersRemovalProps {
  readonly host: RemoteHost;
  /** The id that the NocodbConsumers have beside it. */
  readonly of: string;
  /** NocoDB's containers whose consumers are there: one, or none. */
  readonly services: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Takes lines and tokens from all consumers, while NocoDB still runs, on destroy or when it is switched off. */
export class NocodbConsumersRemoval extends HostRemoval {
  constructor(scope: Construct, id: string, props: NocodbConsumersRemovalProps) {
    super(scope, id, {
      host: props.host,
      scripts: [...LIBRARIES, "remove-consumers.sh"],
      input: { key: keyOf(scope, props.of) },
      each: "service",
      things: props.services,
      dependsOn: props.dependsOn,
    });
  }
}

/** What the scripts for consumers build on. */
export const LIBRARIES = ["json.sh", "nocodb-api.sh", "block.sh", "consumers.sh"];
