import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { octal } from "../host-directory/host-directory.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { Secret } from "../remote-host/secret.js";

export interface HostFileProps {
  readonly host: RemoteHost;
  /** Absolute path, in a directory that exists. */
  readonly path: string;
  /** User name (with its own group), or `uid:gid`. */
  readonly owner: string;
  /** Four octal digits. @default 0600 */
  readonly mode?: string;
  /** The whole file. */
  readonly content: Secret;
  /** The parts of the content that a plan may show, as triggers: name and Terraform expression. */
  readonly visible?: Readonly<Record<string, string>>;
  /** Variables of an env file that must not change once they are written: the step refuses another value. */
  readonly unchanging?: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A file on the host with secrets in it, replaced in one step, never removed. */
export class HostFile extends HostResource {
  readonly path: string;

  constructor(scope: Construct, id: string, props: HostFileProps) {
    super(scope, id, {
      host: props.host,
      program: "host-file/apply",
      input: {
        path: props.path,
        owner: props.owner,
        mode: octal(props.mode ?? "0600"),
        unchanging: (props.unchanging ?? []).join(" "),
      },
      secrets: { content: props.content },
      triggers: props.visible,
      dependsOn: props.dependsOn,
    });
    props.host.require(`file ${props.path}`);
    this.path = props.path;
  }
}
