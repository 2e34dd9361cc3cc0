import { sshAddress } from "../../constructs/remote-host/ssh.js";
import { withDefaults } from "../../settings/defaults.js";
import { environmentFile } from "../../settings/schema.js";
import { Failure } from "../exit-codes.js";
import { withProgress } from "../progress.js";
import { askHost } from "../run-on-host.js";
import { type HostFacts, hostFacts } from "./host-facts.js";

/** Seconds until a host without an answer counts as unreachable. */
const LIMIT = 90;

/**
 * Asks the host for its facts, over one connection; nothing is changed on it.
 *
 * @param ssh the section of the environment file
 * @throws Failure with ssh's own message and the flags to check
 */
export async function lookAtHost(name: string, ssh: unknown): Promise<HostFacts> {
  // The host is asked before its project is known; nothing of the other settings is used.
  const environment = withDefaults(name, environmentFile.parse({ project: "init", domain: "example.com", ssh }));
  const address = sshAddress(environment.ssh);
  const { status, stdout, stderr } = await withProgress(`looking at ${address}`, () =>
    askHost(environment, "init/inspect", {}, LIMIT),
  );
  if (status === 0) return hostFacts(stdout);
  const said = stderr.trim().split("\n");
  if (status === undefined) throw new Failure(`${address}: no answer within ${LIMIT} s; is the host up?`);
  // The rest is about an environment file, which does not exist yet.
  const reason = status === 255 ? (said[0] ?? "") : said.join("\n");
  const todo = remedy(reason, status);
  throw new Failure(`${address}: ${(todo === "" ? reason : reason.replace(/\.$/, "")) || "no answer"}${todo}`);
}

function remedy(reason: string, status: number): string {
  if (/host key/i.test(reason)) {
    return "; an unknown host key is never trusted: get it with ssh-keyscan, compare it with /etc/ssh/ssh_host_*_key.pub on the host itself, and add its line to ~/.ssh/known_hosts or the file of --known-hosts";
  }
  if (/^sudo:|sudo: .*not found/m.test(reason)) {
    return "; give the user of --ssh-user sudo without a password (NOPASSWD), or sign in as root";
  }
  return status === 255 ? "; check --ssh-host, --ssh-port, --ssh-user, --identity-file and --known-hosts" : "";
}
