import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, Testing } from "cdktf";
import { afterAll } from "vitest";
import { RemoteHost } from "../../../constructs/remote-host/remote-host.js";
import type { SshConnection } from "../../../constructs/remote-host/ssh.js";
import { AddressedStack } from "../../../stacks/addressed-stack.js";

export type Block = Record<string, unknown>;

/** The parts of a synthesized stack that tests look at; the metadata under "//" is left out. */
export interface Synthesized {
  readonly resource: Record<string, Record<string, Block>>;
  readonly data: Record<string, Record<string, Block>>;
  readonly provider: Record<string, Block[]>;
  readonly ephemeral: Record<string, Record<string, Block>>;
  readonly locals: Block;
  readonly output: Record<string, Block>;
  readonly terraform: { readonly backend: Block; readonly required_providers: Record<string, Block> };
}

/** A local-exec provisioner. */
export interface LocalExec {
  readonly command: string;
  readonly environment: Record<string, string>;
  readonly quiet: boolean;
  readonly when?: string;
}

const outdir = mkdtempSync(path.join(tmpdir(), "synthesized-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** An app that writes nowhere near the working copy. */
export function emptyApp(): App {
  return Testing.app({ outdir: mkdtempSync(path.join(outdir, "app-")) });
}

/** An empty stack `test` in an app of its own. */
export function emptyStack(): AddressedStack {
  return new AddressedStack(emptyApp(), "test");
}

/** What a stack synthesizes to. */
export function synthesized(stack: AddressedStack): Synthesized {
  return JSON.parse(Testing.synth(stack));
}

/** The dummy scope: a stack with what the test puts into it. */
export function synthesize(build: (stack: AddressedStack) => void): Synthesized {
  const stack = emptyStack();
  build(stack);
  return synthesized(stack);
}

/** A host with the fewest settings, with other ones over them, and with its probe. */
export function hostIn(stack: AddressedStack, ssh: Partial<SshConnection> = {}): RemoteHost {
  const host = new RemoteHost(stack, "host", {
    ssh: { host: "docker.example.com", port: 22, user: "deploy", ...ssh },
    recordsDirectory: "/opt/acme/records",
  });
  void host.probe;
  return host;
}

/** `docker_container.acme` or `data.docker_network.acme` of a stack. */
export function block(json: Synthesized, address: string): Block {
  const parts = address.split(".");
  const found = parts[0] === "data" ? json.data[parts[1]!]?.[parts[2]!] : json.resource?.[parts[0]!]?.[parts[1]!];
  if (found === undefined) throw new Error(`no ${address} in the synthesized stack`);
  return found;
}

export function triggers(json: Synthesized, name: string): Record<string, string> {
  return block(json, `null_resource.${name}`).triggers as Record<string, string>;
}

/** The one provisioner of a null_resource. */
export function localExec(json: Synthesized, name: string): LocalExec {
  const provisioners = block(json, `null_resource.${name}`).provisioner as { "local-exec": LocalExec }[];
  if (provisioners.length !== 1) throw new Error(`${provisioners.length} provisioners in null_resource.${name}`);
  return provisioners[0]!["local-exec"];
}

/** The name of the program that a command runs on the host. */
export function programOf(command: string): string {
  return /run-(?:remote|probe)\.sh (\S+) -- /.exec(command)![1]!;
}

/** What the probe found for a record, as the expression that a trigger holds. */
export function statusOf(record: string): string {
  const found = "data.external.host_probe.result";
  return `\${lookup(${found}, "${record}", ${found}.unrecorded)}`;
}

/** The probe's command line. */
export function probe(json: Synthesized): string {
  return (block(json, "data.external.host_probe").program as string[]).join(" ");
}

/** The requirements that the probe checks. */
export function requirements(json: Synthesized): string[] {
  const [, quoted, bare] = /INPUT_requirements=(?:'([^']*)'|(\S+))/.exec(probe(json))!;
  return (quoted ?? bare)!.split("\n");
}
