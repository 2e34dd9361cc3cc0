import type { Finding } from "../diagnostics/problems.js";

const trust = "it changes how the host key is verified, and the app always verifies it";
const sharing = "the app sets it, to share one connection among all steps";
const noTerminal = "a deploy has no terminal and cannot answer a prompt";
const commands = "it would break the commands that the app runs";
const exposure = "it would open the operator's machine to the host";
const elsewhere = (setting: string) => `use the setting ${setting}`;

/** Options that would weaken or break the connection, with the reason. ssh ignores case in names, and so does the app. */
const refused = new Map(
  Object.entries({
    stricthostkeychecking: trust,
    userknownhostsfile: elsewhere("ssh.knownHosts"),
    globalknownhostsfile: trust,
    knownhostscommand: trust,
    verifyhostkeydns: trust,
    nohostauthenticationforlocalhost: trust,
    updatehostkeys: trust,
    batchmode: noTerminal,
    requesttty: noTerminal,
    controlmaster: sharing,
    controlpath: sharing,
    controlpersist: sharing,
    localcommand: commands,
    permitlocalcommand: commands,
    remotecommand: commands,
    sessiontype: commands,
    stdinnull: commands,
    forkafterauthentication: commands,
    forwardagent: exposure,
    forwardx11: exposure,
    forwardx11trusted: exposure,
    remoteforward: exposure,
    tunnel: exposure,
    include: "it reads more options from a file that is not checked",
    host: elsewhere("ssh.host"),
    hostname: elsewhere("ssh.host"),
    match: elsewhere("ssh.host"),
    port: elsewhere("ssh.port"),
    user: elsewhere("ssh.user"),
    identityfile: elsewhere("ssh.identityFile"),
  }),
);

/** The name of an ssh option that may be set. */
export function sshOption(name: string): Finding | undefined {
  const reason = refused.get(name.toLowerCase());
  if (reason !== undefined) return { message: `may not be set: ${reason}`, remedy: "remove the line" };
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(name)) return undefined;
  return {
    message: "is not the name of an ssh option",
    remedy: "use a name from ssh_config(5), such as ConnectTimeout",
  };
}

/** The value of an ssh option. */
export function sshOptionValue(value: string): Finding | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (value.trim() !== "" && !/[\u0000-\u001f\u007f]/.test(value)) return undefined;
  return {
    message: "is empty or contains a control character",
    remedy: "write a value from ssh_config(5), on one line",
  };
}
