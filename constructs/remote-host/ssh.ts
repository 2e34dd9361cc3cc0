// Without cdktf: the commands that go to the host by themselves need it, and start twice as fast.

export interface SshConnection {
  /** Name or address, as `ssh` takes it. */
  readonly host: string;
  /** TCP port of sshd. */
  readonly port: number;
  /** User that signs in: a member of the group docker; anyone but root needs sudo without a password. */
  readonly user: string;
  /** Private key on the machine that runs Terraform. @default the keys of ssh itself, or an agent's */
  readonly identityFile?: string | undefined;
  /** File that holds the host's key. @default ssh's own, ~/.ssh/known_hosts */
  readonly knownHosts?: string | undefined;
  /**
   * ssh_config(5) file on the machine that runs Terraform, by its full path; `none` reads no such file, neither the system's nor one
   * of a home directory: what the connection is then stands in the environment file alone. @default ssh's own
   */
  readonly configFile?: string | undefined;
  /** Further ssh_config(5) options, for example `{ ProxyJump: "bastion" }`. */
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/**
 * ssh options that hold for the docker provider and for the scripts alike: the host key is checked, nothing is ever asked
 * for, a dead connection is noticed within a minute, and all of them share one connection. The control socket lies in
 * the directory Terraform runs in, by a relative path: it needs no home directory and its name stays short.
 */
export function sshOptions(ssh: SshConnection): string[] {
  const fixed = {
    ...(ssh.identityFile !== undefined && { IdentityFile: ssh.identityFile, IdentitiesOnly: "yes" }),
    ...(ssh.knownHosts !== undefined && { UserKnownHostsFile: ssh.knownHosts }),
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    LogLevel: "ERROR",
    ControlMaster: "auto",
    ControlPath: "ssh-%C",
    ControlPersist: "60",
  };
  const defaults = { ConnectTimeout: "10", ServerAliveInterval: "15" };
  // Of an option that is given twice, however it is spelt, ssh takes the first.
  const options = [fixed, ssh.options ?? {}, defaults].flatMap((each) => Object.entries(each));
  const file = ssh.configFile === undefined ? [] : ["-F", ssh.configFile];
  return [...file, ...options.flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}

/** The command that runs `sh` on the host as root, its program on standard input. */
export function sshShell(ssh: SshConnection, options = sshOptions(ssh)): string[] {
  return sshAsRoot(ssh, "sh -s", options);
}

/** The command that runs another one on the host as root. */
export function sshAsRoot(ssh: SshConnection, command: string, options = sshOptions(ssh)): string[] {
  const asRoot = ssh.user === "root" ? command : `sudo -n ${command}`;
  return ["ssh", "-l", ssh.user, "-p", String(ssh.port), ...options, "-T", "--", ssh.host, asRoot];
}
