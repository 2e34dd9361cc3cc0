import { execFileSync } from "node:child_process";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { RemoteHost } from "../../../../constructs/remote-host/remote-host.js";
import { shellWord } from "../../../../constructs/remote-host/shell-word.js";
import { type SshConnection, sshOptions, sshShell } from "../../../../constructs/remote-host/ssh.js";
import { hostIn, localExec, probe, requirements, scriptsOf, synthesize } from "../../support/scope.js";

const least: SshConnection = { host: "docker.example.com", port: 22, user: "deploy" };

/** What ssh itself understands of a connection, by option name. */
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

  test("reads no other configuration than its own where there is to be none", () => {
    expect(sshOptions({ ...least, configFile: "none" }).slice(0, 2)).toEqual(["-F", "none"]);
    expect(understood({ ...least, configFile: "none" })).toEqual(understood(least));
  });

  test("takes further options, and the operator's own timeouts", () => {
    const options = { ProxyJump: "bastion", ConnectTimeout: "30", ServerAliveInterval: "5" };
    expect(understood({ ...least, options })).toMatchObject({
      proxyjump: "bastion",
      connecttimeout: "30",
      serveraliveinterval: "5",
    });
  });

  test("keeps what it promises when an option of the same name, however it is spelt, says otherwise", () => {
    const options = { stricthostkeychecking: "no", BatchMode: "no", ControlPath: "none" };
    expect(understood({ ...least, options })).toMatchObject({ stricthostkeychecking: "true", batchmode: "yes" });
    expect(sshOptions({ ...least, options })).toContain("ControlPath=ssh-%C");
  });

  test("has its control socket in the directory Terraform runs in, under a name that stays short", () => {
    const long = { ...least, host: `${"a".repeat(60)}.example.com` };
    const path = understood(long).controlpath!;
    expect(path).toMatch(/^ssh-[0-9a-f]{40}$/);
  });

  test("reaches an IPv6 host", () => {
    expect(understood({ ...least, host: "2001:db8::1" }).hostname).toBe("2001:db8::1");
  });
});

describe("the shell on the host", () => {
  test("is root's by way of sudo, which must not ask", () => {
    expect(sshShell(least).slice(-4)).toEqual(["-T", "--", "docker.example.com", "sudo -n sh -s"]);
  });

  test("needs no sudo for root", () => {
    expect(sshShell({ ...least, user: "root" }).at(-1)).toBe("sh -s");
  });
});

describe("the docker provider", () => {
  test("goes the same way as the scripts", () => {
    const options = { ProxyJump: "bastion" };
    const json = synthesize((stack) => void hostIn(stack, { port: 2222, options, identityFile: "~/.ssh/acme" }));
    const { host, ssh_opts } = json.provider.docker![0]!;
    expect(host).toBe("ssh://deploy@docker.example.com:2222");
    expect(ssh_opts).toContain("IdentityFile=~/.ssh/acme");
    expect(probe(json)).toContain((ssh_opts as string[]).map(shellWord).join(" "));
  });

  test("wants an IPv6 address in brackets, ssh wants it bare", () => {
    const json = synthesize((stack) => void hostIn(stack, { host: "2001:db8::1" }));
    expect(json.provider.docker![0]!.host).toBe("ssh://deploy@[2001:db8::1]:22");
    expect(probe(json)).toMatch(/ -- 2001:db8::1 'sudo -n sh -s'$/);
  });

  test("is pinned to the version that was run, not to the one of the bindings", () => {
    const json = synthesize((stack) => void hostIn(stack));
    const versions = Object.entries(json.terraform.required_providers).map(([name, { version }]) => [name, version]);
    expect(Object.fromEntries(versions)).toEqual({
      docker: "4.5.0",
      external: "2.4.0",
      null: "3.2.4",
      random: "3.7.2",
    });
  });
});

describe("the probe", () => {
  test("is not there while the app keeps nothing on the host", () => {
    const json = synthesize((stack) => {
      new RemoteHost(stack, "host", { ssh: least, manifestDirectory: "/opt/acme/manifest" });
    });
    expect(json.data).toBeUndefined();
  });

  test("depends on nothing and looks through the read-only script", () => {
    const json = synthesize((stack) => void hostIn(stack));
    expect(json.data.external!.host_observed).toEqual({ program: expect.any(Array) });
    expect(scriptsOf(probe(json))).toEqual([
      "common.sh",
      "container.sh",
      "block.sh",
      "caddy.sh",
      "json.sh",
      "nocodb-api.sh",
      "consumers.sh",
      "claim.sh",
      "by-hand.sh",
      "backup.sh",
      "schedule.sh",
      "consumer-files.sh",
      "database-requirements.sh",
      "requirements.sh",
      "see.sh",
      "observe.sh",
    ]);
  });

  test("is told where the records are and what must be there, and nothing else", () => {
    const json = synthesize((stack) => void hostIn(stack));
    expect([...probe(json).matchAll(/INPUT_\w+=\S+/g)].map(([word]) => word)).toEqual([
      "INPUT_manifest=/opt/acme/manifest",
      "INPUT_requirements=docker",
    ]);
  });

  test("looks once at what several things require, however late they say so", () => {
    const json = synthesize((stack) => {
      const host = hostIn(stack);
      host.require("network acme_backend", "user deploy");
      new Resource(stack, "later", { triggers: { requirements: host.requirements } });
      host.require("user deploy");
      host.require("command curl curl");
    });
    const all = ["docker", "network acme_backend", "user deploy", "command curl curl"];
    expect(requirements(json)).toEqual(all);
    expect(json.resource.null_resource!.later!.triggers).toEqual({ requirements: all.join("\n") });
  });

  test("speaks of each thing under its key, and of a thing without a record too", () => {
    const json = synthesize((stack) => {
      new Resource(stack, "thing", { triggers: { observed: hostIn(stack).observation("acme_site") } });
    });
    expect(json.resource.null_resource!.thing!.triggers).toEqual({
      observed:
        '${lookup(data.external.host_observed.result, "acme_site", data.external.host_observed.result.unrecorded)}',
    });
  });
});

describe("a provisioner", () => {
  const provisioned = (when?: "destroy") =>
    synthesize((stack) => {
      const provisioner = hostIn(stack, { identityFile: "/k/${odd} key's" }).provisioner(
        ["a.sh", "b.sh"],
        { x: "y" },
        when,
      );
      new Resource(stack, "step").addOverride("provisioner", [provisioner]);
    });

  test("runs scripts as one program, with what they expect in the environment", () => {
    const { command, environment, quiet, when } = localExec(provisioned(), "step");
    expect(command).toMatch(/^sh assets\/host_scripts\/sh\/on-host\.sh a\.sh b\.sh -- ssh -l deploy -p 22 /);
    expect(command).toMatch(/ -T -- docker\.example\.com 'sudo -n sh -s'$/);
    expect(environment).toEqual({ INPUT_manifest: "/opt/acme/manifest", INPUT_x: "y" });
    expect(quiet).toBe(true);
    expect(when).toBeUndefined();
  });

  test("quotes words of the ssh command for the shell", () => {
    expect(localExec(provisioned(), "step").command).toContain("'\\''s'");
  });

  test("may run when its resource is destroyed", () => {
    expect(localExec(provisioned("destroy"), "step").when).toBe("destroy");
  });
});
