import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

export interface HostDirectoryProps {
  readonly host: RemoteHost;
  /** Absolute path; missing parents are created, root's, 0755. */
  readonly path: string;
  /** User name (with its own group), or `uid:gid`. */
  readonly owner: string;
  /** Four octal digits. @default 0755 */
  readonly mode?: string;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** MiB that must be free in a directory: with less, a deploy would fail half way. */
const ROOM = 16;

/** A directory on the host with an owner and a mode; its content is left alone. Never removed. */
export class HostDirectory extends HostResource {
  constructor(scope: Construct, id: string, props: HostDirectoryProps) {
    super(scope, id, {
      host: props.host,
      program: "host-directory/apply",
      input: { path: props.path, owner: props.owner, mode: octal(props.mode ?? "0755") },
      dependsOn: props.dependsOn,
    });
    props.host.require(`room ${props.path} ${ROOM}`);
    if (!props.owner.includes(":")) props.host.require(`user ${props.owner}`);
  }
}

/** Checks a file mode: `'mode' (755) must be four octal digits. Did you mean "0755"?` */
export function octal(mode: string): string {
  if (/^[0-7]{4}$/.test(mode)) return mode;
  const meant = /^[0-7]{3}$/.test(mode) ? ` Did you mean "0${mode}"?` : "";
  throw new Error(`'mode' (${mode}) must be four octal digits.${meant}`);
}
