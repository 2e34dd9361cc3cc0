import { type ChildProcess, spawn } from "node:child_process";
import type { Instance } from "../../lab/instance.js";
import { DEPLOY_USER } from "../../lab/ssh.js";

/** A user that runs nothing else, on the host or here, because everyone sees everything of their own processes. */
const ANOTHER_USER = 64_999;

/** Prints command line and, if permitted, env of every process, ten times a second, until its input ends. */
const WATCH = `while :; do
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '
    echo
    sleep 0.1
  done &
  cat >/dev/null
  kill $!`;

/** What another user sees of the processes here, and another user and the deploy user on the host, during some work. */
export class ProcessWatch {
  private readonly children: ChildProcess[];
  private readonly seen: string[] = ["", ""];

  constructor(instance: Instance) {
    const onHost = (user: string) => [
      ...["exec", "-i", "-u", user, instance.containers.sshd, "env", "-i", "sh", "-c", WATCH],
    ];
    // Only root can become another user; everyone else sees at least as much, and more of their own processes.
    const asAnother = process.getuid?.() === 0 ? { uid: ANOTHER_USER, gid: ANOTHER_USER } : {};
    const env = { PATH: process.env.PATH };
    const here = process.getuid?.() === 0 ? WATCH : WATCH.replace("/proc/[0-9]*/environ", "");
    this.children = [
      spawn("sh", ["-c", here], { ...asAnother, env, cwd: "/" }),
      ...[String(ANOTHER_USER), DEPLOY_USER].map((user) => spawn("docker", onHost(user))),
    ];
    this.children.forEach((child, at) => {
      child.stdout!.on("data", (data: Buffer) => {
        this.seen[Math.min(at, 1)] += data.toString();
      });
    });
  }

  /** @returns everything seen here, and everything seen on the host */
  async end(): Promise<[here: string, onHost: string]> {
    const ended = this.children.map((child) => new Promise((resolve) => child.on("close", resolve)));
    for (const child of this.children) child.stdin!.end();
    await Promise.all(ended);
    return [this.seen[0]!, this.seen[1]!];
  }
}
