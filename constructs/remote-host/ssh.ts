// Without cdktf, because the commands that only use ssh start twice as fast without it.

/** A connection over SSH. */
export interface SshConnection {
  /** Name or address, as `ssh` takes it. */
  readonly host: string;
  /** TCP port of sshd. @default that of ssh_config for this host, or 22 */
  readonly port?: number | undefined;
  /** User that signs in: a member of the group docker; anyone but root needs sudo without a password. */
  readonly user: string;
  /** Private key on the machine that runs Terraform. @default the keys of ssh itself, or an agent's */
  readonly identityFile?: string | undefined;
  /** File that holds the host's key. @default ssh's own, ~/.ssh/known_hosts */
  readonly knownHosts?: string | undefined;
  /**
   * Full path of an ssh_config(5) file on the machine that runs Terraform. `none` reads no such file, neither the
   * system's nor one of a home directory: then only the environment file defines the connection. @default ssh's own
   */
  readonly configFile?: string | undefined;
  /** Further ssh_config(5) options, for example `{ ProxyJump: "bastion" }`. */
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/**
 * ssh options for the docker provider and for the scripts: the host key is checked, ssh never asks a question, a dead
 * connection is detected within a minute, and all of them share one connection. The control socket has a relative path
 * in the directory where Terraform runs: it needs no home directory, and its name stays short.
 */
export function sshOptions(ssh: SshConnection): string[] {
  const fixed = {
    ...(ssh.identityFile !== undefined && { IdentityFile: fileName(ssh.identityFile), IdentitiesOnly: "yes" }),
    ...(ssh.knownHosts !== undefined && { UserKnownHostsFile: fileName(ssh.knownHosts) }),
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    LogLevel: "ERROR",
    ControlMaster: "auto",
    ControlPath: "ssh-%C",
    ControlPersist: "60",
    // What ssh_config may set for a person's own sessions: a port in use, or a line on standard output, would break ours.
    ClearAllForwardings: "yes",
    PermitLocalCommand: "no",
    RemoteCommand: "none",
  };
  const defaults = { ConnectTimeout: "10", ServerAliveInterval: "15" };
  // If an option is given twice, in whatever case, ssh takes the first.
  const options = [fixed, ssh.options ?? {}, defaults].flatMap((each) => Object.entries(each));
  const file = ssh.configFile === undefined ? [] : ["-F", ssh.configFile];
  return [...file, ...options.flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}

/** A file name as an option of ssh, which ends at a blank unless it is quoted. */
function fileName(name: string): string {
  return name.includes(" ") ? `"${name}"` : name;
}

/** The command that runs `sh` on the host as root, with its program on standard input. */
export function sshShell(ssh: SshConnection, options = sshOptions(ssh)): string[] {
  return sshAsRoot(ssh, "sh -s", options);
}

/** The command that runs another command on the host as root. */
export function sshAsRoot(ssh: SshConnection, command: string, options = sshOptions(ssh)): string[] {
  const asRoot = ssh.user === "root" ? command : `sudo -n ${command}`;
  const port = ssh.port === undefined ? [] : ["-p", String(ssh.port)];
  return ["ssh", "-l", ssh.user, ...port, ...options, "-T", "--", ssh.host, asRoot];
}

/** `deploy@docker.example.com:2222`, with brackets around an IPv6 address; without a port if ssh itself decides it. */
export function sshAddress({ user, host, port }: SshConnection): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${user}@${name}${port === undefined ? "" : `:${port}`}`;
}
