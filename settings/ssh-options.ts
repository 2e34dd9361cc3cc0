import type { Finding } from "./problems.js";

const trust = "it decides whether the host key is verified, and this app always verifies it";
const sharing = "the app shares one connection among all its steps and sets this itself";
const noTerminal = "nothing answers a prompt or reads a terminal during a deploy";
const commands = "the app runs its own commands, and another one would break them";
const exposure = "it would hand the operator's machine to the host";
const elsewhere = (setting: string) => `it has a setting of its own, ${setting}`;

/** Options that would undo what the connection promises, with the reason. ssh ignores case in names, so do we. */
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
    include: "it reads further options from a file that nobody checks",
    host: elsewhere("ssh.host"),
    hostname: elsewhere("ssh.host"),
    match: elsewhere("ssh.host"),
    port: elsewhere("ssh.port"),
    user: elsewhere("ssh.user"),
    identityfile: elsewhere("ssh.identityFile"),
  }),
);

/** Whether an ssh option may be set at all. */
export function sshOption(name: string): Finding | undefined {
  const reason = refused.get(name.toLowerCase());
  if (reason !== undefined) return { message: `may not be set: ${reason}`, remedy: "remove the line" };
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(name)) return undefined;
  return { message: "is no name of an ssh option", remedy: "use a name of ssh_config(5), such as ConnectTimeout" };
}

/** The value of an ssh option. */
export function sshOptionValue(value: string): Finding | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (value.trim() !== "" && !/[\u0000-\u001f\u007f]/.test(value)) return undefined;
  return { message: "is empty or holds a control character", remedy: "write what ssh_config(5) says, on one line" };
}
