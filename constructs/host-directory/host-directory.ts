import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

/** Properties of a directory on the host. */
export interface HostDirectoryProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Absolute path; missing parents are created with mode 0755, owned by root. */
  readonly path: string;
  /** User name (with its own group), or `uid:gid`. */
  readonly owner: string;
  /** Four octal digits. @default 0755 */
  readonly mode?: string;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** MiB that must be free on the disk of the directory: with less, a deploy would fail halfway. */
const ROOM = 16;

/** A directory on the host with an owner and a mode. Its content is not changed, and it is never removed. */
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
