import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { program } from "../../../../constructs/remote-host/program.js";
import { PROVIDERS } from "../../../../constructs/remote-host/providers.js";
import { RemoteHost } from "../../../../constructs/remote-host/remote-host.js";
import { shellWord } from "../../../../constructs/remote-host/shell-word.js";
import type { SshConnection } from "../../../../constructs/remote-host/ssh.js";
import { AddressedStack } from "../../../../stacks/addressed-stack.js";
import {
  block,
  emptyApp,
  emptyStack,
  hostIn,
  localExec,
  probe,
  programOf,
  requirements,
  synthesize,
} from "../../support/scope.js";

const least: SshConnection = { host: "docker.example.com", port: 22, user: "deploy" };

describe("the docker provider", () => {
  test("connects in the same way as the programs", () => {
    const options = { ProxyJump: "bastion" };
    const json = synthesize((stack) => void hostIn(stack, { port: 2222, options, identityFile: "~/.ssh/acme" }));
    const { host, ssh_opts } = json.provider.docker![0]!;
    expect(host).toBe("ssh://deploy@docker.example.com:2222");
    expect(ssh_opts).toContain("IdentityFile=~/.ssh/acme");
    expect(probe(json)).toContain((ssh_opts as string[]).map(shellWord).join(" "));
  });

  test("gets no port if ssh_config decides it", () => {
    const json = synthesize((stack) => void hostIn(stack, { port: undefined }));
    expect(json.provider.docker![0]!.host).toBe("ssh://deploy@docker.example.com");
    expect(probe(json)).toContain(" -- ssh -l deploy -o ");
  });

  test("gets an IPv6 address in brackets, ssh gets it bare", () => {
    const json = synthesize((stack) => void hostIn(stack, { host: "2001:db8::1" }));
    expect(json.provider.docker![0]!.host).toBe("ssh://deploy@[2001:db8::1]:22");
    expect(probe(json)).toMatch(/ -- 2001:db8::1 'sudo -n sh -s'$/);
  });

  test("is pinned to the tested version, not to that of the bindings", () => {
    const json = synthesize((stack) => void hostIn(stack));
    const pinned = Object.entries(PROVIDERS).map(([name, { version }]) => [name, expect.objectContaining({ version })]);
    expect(json.terraform.required_providers).toEqual(Object.fromEntries(pinned));
  });

  test("needs a Terraform that has ephemeral resources", () => {
    const json = synthesize((stack) => void hostIn(stack));
    expect(json.terraform).toMatchObject({ required_version: ">= 1.10" });
  });
});

describe("the probe", () => {
  test("does not exist while the app keeps nothing on the host", () => {
    const json = synthesize((stack) => {
      new RemoteHost(stack, "host", { ssh: least, recordsDirectory: "/opt/acme/records" });
    });
    expect(json.data).toBeUndefined();
  });

  test("depends on nothing, and runs the program that detects drift", () => {
    const json = synthesize((stack) => void hostIn(stack));
    expect(json.data.external!.host_probe).toEqual({ program: ["sh", "-c", expect.any(String)] });
    expect(programOf(probe(json))).toBe("remote-host/probe");
    expect(probe(json)).toContain("sh assets/host_programs/sh/run-probe.sh remote-host/probe -- ssh -l deploy ");
  });

  test("knows the drift and the requirements of every construct", () => {
    const { files } = program("remote-host/probe");
    const constructs = fileURLToPath(new URL("../../../../constructs", import.meta.url));
    const all = readdirSync(constructs, { recursive: true, encoding: "utf8" });
    const checks = all.filter((file) => /(^|\/)(drift|requirements)\.sh$/.test(file));
    expect(checks.length).toBeGreaterThan(15);
    expect(files).toEqual(expect.arrayContaining(checks));
  });

  test("gets the place of the records and the requirements, and nothing else", () => {
    const json = synthesize((stack) => void hostIn(stack));
    expect([...probe(json).matchAll(/INPUT_\w+=\S+/g)].map(([word]) => word)).toEqual([
      "INPUT_records=/opt/acme/records",
      "INPUT_requirements=docker",
    ]);
  });

  test("checks once what several things require, however late they require it", () => {
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

  test("reports a status for each record by its key, and one for things without a record", () => {
    const json = synthesize((stack) => {
      new Resource(stack, "thing", { triggers: { status: hostIn(stack).status("acme_site") } });
    });
    expect(json.resource.null_resource!.thing!.triggers).toEqual({
      status: '${lookup(data.external.host_probe.result, "acme_site", data.external.host_probe.result.unrecorded)}',
    });
  });
});

describe("everything that changes the host comes after", () => {
  const dependencies = (build: (host: RemoteHost, first: Resource) => void) => {
    const json = synthesize((stack) => {
      const host = hostIn(stack);
      build(host, new Resource(stack, "first"));
      new Resource(stack, "step", { dependsOn: [host.start] });
    });
    return block(json, "null_resource.step").depends_on;
  };

  test("the probe", () => {
    expect(dependencies(() => undefined)).toEqual(["data.external.host_probe"]);
  });

  test("or the step that takes ownership of the host, if there is one", () => {
    expect(dependencies((host, first) => host.beginsWith(first))).toEqual(["null_resource.first"]);
  });
});

describe("a provisioner", () => {
  const provisioned = (when?: "destroy") =>
    synthesize((stack) => {
      const host = hostIn(stack, { identityFile: "/k/${odd} key's" });
      const provisioner = host.provisioner("backup/list", { backups: "y" }, when);
      new Resource(stack, "step").addOverride("provisioner", [provisioner]);
    });

  test("runs one program, with its input in the process environment", () => {
    const { command, environment, quiet, when } = localExec(provisioned(), "step");
    expect(command).toMatch(/^sh assets\/host_programs\/sh\/run-remote\.sh backup\/list -- ssh -l deploy -p 22 /);
    expect(command).toMatch(/ -T -- docker\.example\.com 'sudo -n sh -s'$/);
    expect(environment).toEqual({ INPUT_records: "/opt/acme/records", INPUT_backups: "y" });
    expect(quiet).toBe(true);
    expect(when).toBeUndefined();
  });

  test("quotes the words of the ssh command for the shell", () => {
    expect(localExec(provisioned(), "step").command).toContain("'\\''s\"'");
  });

  test("may run when its resource is destroyed", () => {
    expect(localExec(provisioned("destroy"), "step").when).toBe("destroy");
  });

  test("refuses input that the program does not expect, and missing input", () => {
    const host = hostIn(emptyStack());
    expect(() => host.provisioner("backup/list", { backups: "/b", retries: "3" })).toThrow(
      "backup/list.sh does not expect retries",
    );
    expect(() => host.provisioner("backup/list", {})).toThrow("backup/list.sh expects backups, which it is not given");
  });

  test("refuses a program that does not exist", () => {
    expect(() => hostIn(emptyStack()).provisioner("backup/lst", {})).toThrow(
      "the app needs backup/lst.sh, which does not exist",
    );
  });
});

test("the stack directory holds the programs that the stack runs, and no others", () => {
  const app = emptyApp();
  const stack = new AddressedStack(app, "test");
  const host = hostIn(stack);
  new Resource(stack, "step").addOverride("provisioner", [host.provisioner("backup/list", { backups: "/b" })]);
  new Resource(stack, "other", { triggers: { text: `\${${host.textOf("backup/create")}}` } });
  app.synth();
  const programs = path.join(app.outdir, "stacks/test/assets/host_programs/sh");
  const files = readdirSync(programs, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sh"));
  const assembled = ["backup/create.sh", "backup/list.sh", "remote-host/probe.sh"];
  expect(files.sort()).toEqual([...assembled, "preflight.sh", "run-probe.sh", "run-remote.sh"].sort());
  for (const file of assembled) {
    expect(readFileSync(path.join(programs, file), "utf8")).toBe(program(file.replace(/\.sh$/, "")).text);
  }
});
