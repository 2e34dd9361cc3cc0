import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type SshConnection, sshAsRoot, sshOptions, sshShell } from "../../../../constructs/remote-host/ssh.js";

const least: SshConnection = { host: "docker.example.com", port: 22, user: "deploy" };

/** The connection as ssh itself parses it, by option name. */
function understood(ssh: SshConnection): Record<string, string> {
  const parameters = ["-G", "-F", "/dev/null", ...sshShell(ssh).slice(1, -1)];
  const lines = execFileSync("ssh", parameters, { encoding: "utf8" }).trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)]));
}

describe("the connection, as ssh understands it", () => {
  test("checks the host key, asks nothing, notices a dead peer and is shared", () => {
    expect(understood(least)).toMatchObject({
      hostname: "docker.example.com",
      port: "22",
      user: "deploy",
      stricthostkeychecking: "true",
      batchmode: "yes",
      connecttimeout: "10",
      serveraliveinterval: "15",
      controlmaster: "auto",
      controlpersist: "60",
      requesttty: "false",
      loglevel: "ERROR",
    });
  });

  test("offers the given key only, and trusts the given file only", () => {
    const given = { ...least, identityFile: "/keys/id", knownHosts: "/keys/hosts" };
    expect(understood(given)).toMatchObject({
      identityfile: "/keys/id",
      identitiesonly: "yes",
      userknownhostsfile: "/keys/hosts",
    });
    expect(understood(least).identitiesonly).toBe("no");
  });

  test("takes files whose paths have blanks and other letters", () => {
    const given = { ...least, identityFile: "/Users/Zoë Doe/.ssh/id", knownHosts: "/Users/Zoë Doe/known hosts" };
    expect(understood(given)).toMatchObject({
      identityfile: "/Users/Zoë Doe/.ssh/id",
      userknownhostsfile: "/Users/Zoë Doe/known hosts",
    });
    // ssh -G prints a list of two files in the same way.
    expect(sshOptions(given)).toContain('UserKnownHostsFile="/Users/Zoë Doe/known hosts"');
  });

  test("leaves out what ssh_config sets for a person's own sessions", () => {
    const options = { LocalForward: "5432 localhost:5432", RemoteCommand: "tmux", PermitLocalCommand: "yes" };
    const found = understood({ ...least, options });
    expect(found).toMatchObject({ clearallforwardings: "yes", permitlocalcommand: "no" });
    expect(found.remotecommand ?? "none").toBe("none");
  });

  test("reads no other configuration if the setting is none", () => {
    expect(sshOptions({ ...least, configFile: "none" }).slice(0, 2)).toEqual(["-F", "none"]);
    expect(understood({ ...least, configFile: "none" })).toEqual(understood(least));
  });

  test("accepts further options, and the operator's own timeouts", () => {
    const options = { ProxyJump: "bastion", ConnectTimeout: "30", ServerAliveInterval: "5" };
    expect(understood({ ...least, options })).toMatchObject({
      proxyjump: "bastion",
      connecttimeout: "30",
      serveraliveinterval: "5",
    });
  });

  test("keeps its own options if the operator sets the same ones, in any spelling", () => {
    const options = { stricthostkeychecking: "no", BatchMode: "no", ControlPath: "none" };
    expect(understood({ ...least, options })).toMatchObject({ stricthostkeychecking: "true", batchmode: "yes" });
    expect(sshOptions({ ...least, options })).toContain("ControlPath=ssh-%C");
  });

  test("has its control socket in the directory in which Terraform runs, under a short name", () => {
    const long = { ...least, host: `${"a".repeat(60)}.example.com` };
    const path = understood(long).controlpath!;
    expect(path).toMatch(/^ssh-[0-9a-f]{40}$/);
  });

  test("reaches an IPv6 host", () => {
    expect(understood({ ...least, host: "2001:db8::1" }).hostname).toBe("2001:db8::1");
  });
});

describe("the shell on the host", () => {
  test("is root's by sudo, which must not ask", () => {
    expect(sshShell(least).slice(-4)).toEqual(["-T", "--", "docker.example.com", "sudo -n sh -s"]);
  });

  test("needs no sudo for root", () => {
    expect(sshShell({ ...least, user: "root" }).at(-1)).toBe("sh -s");
  });

  test("may be replaced by another command", () => {
    expect(sshAsRoot(least, "tar -x").at(-1)).toBe("sudo -n tar -x");
  });
});
