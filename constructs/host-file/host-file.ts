import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { octal } from "../host-directory/host-directory.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

/** Properties of a file on the host. */
export interface HostFileProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Absolute path, in a directory that exists. */
  readonly path: string;
  /** User name (with its own group), or `uid:gid`. */
  readonly owner: string;
  /** Four octal digits. @default 0600 */
  readonly mode?: string;
  /** The whole file, which a plan shows. */
  readonly content: string;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A file on the host, replaced in one step, never removed. */
export class HostFile extends HostResource {
  /** Absolute path on the host. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: HostFileProps) {
    super(scope, id, {
      host: props.host,
      program: "host-file/apply",
      input: { path: props.path, owner: props.owner, mode: octal(props.mode ?? "0600"), content: props.content },
      dependsOn: props.dependsOn,
    });
    props.host.require(`file ${props.path}`);
    this.path = props.path;
  }
}
