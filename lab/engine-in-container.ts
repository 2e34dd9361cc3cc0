import { must } from "./command.js";

/** Everything that a container's engine needs. `--privileged` would also ask for rights that a container itself may lack. */
const CAPABILITIES = [
  ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "IPC_LOCK", "SYS_NICE"],
  ...["LINUX_IMMUTABLE", "SYSLOG", "LEASE", "IPC_OWNER", "NET_BROADCAST"],
];

/** The arguments of `docker create` with which a container can run an engine. */
export const ENGINE_RIGHTS = [
  ...["--init", "--cgroupns", "private", "--device-cgroup-rule", "a *:* rwm"],
  ...["seccomp", "apparmor"].flatMap((each) => ["--security-opt", `${each}=unconfined`]),
  ...["--security-opt", "systempaths=unconfined"],
  ...CAPABILITIES.flatMap((name) => ["--cap-add", name]),
  ...["--tmpfs", "/run", "--tmpfs", "/tmp"],
];

/** Copies images of this machine's engine to the engine at a socket. @throws CommandFailed */
export async function copyImages(images: readonly string[], socket: string): Promise<void> {
  await must(["sh", "-c", 'docker save "$@" | DOCKER_HOST=$0 docker load', `unix://${socket}`, ...images]);
}
