import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { must, run } from "../../lab/command.js";
import { Deployment, type Ended, type Plan, root } from "../../lab/deployment.js";
import { IMAGES } from "../../lab/images.js";
import { CONSUMERS, type LabConsumer, testInstance } from "../../lab/instance.js";
import type { Answer } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { Consumers } from "./consumers.js";
import { Host } from "./host.js";
import { Neighbours } from "./neighbours.js";
import { type Credential, nocodb } from "./nocodb.js";
import { Secrets } from "./secrets.js";
import { signIn, visit } from "./visitor.js";

/** What all files of the lifecycle share: one deployment that goes through its whole life, file by file. */
export const instance = testInstance();
export const host = new Host(instance);
export const deployment = new Deployment(instance);
export const neighbours = new Neighbours(instance);
export const consumers = new Consumers(host);
export const secrets = new Secrets();

/** The image of the first deploy, and another one, in which node is not a child of a shell. */
export const image = IMAGES.nocodb;
/** The instance's own, because the tests remove it while containers of other instances may exist. */
export const anotherImage = `${image}-again-${instance.name}`;

/** @returns its id */
export function buildAnotherImage(): Promise<string> {
  return must(["docker", "build", "--quiet", "--tag", anotherImage, "-"], {
    input: `FROM ${image}\nCMD ["/bin/sh", "-c", "mkdir -p \\"$NC_TOOL_DIR\\" && exec node index.js"]\nLABEL instance=${instance.name}\n`,
  });
}

export const site = siteNamed("noco");

export function siteNamed(subdomain: string): string {
  return `${subdomain}.${instance.domain}`;
}

/** A deploy that succeeds. Watches the neighbours meanwhile, and learns the secrets. */
export function deploy(): Promise<Ended> {
  return succeeding(deployment.deploy());
}

/** The same without cdktf around Terraform, which saves four seconds. */
export function apply(): Promise<Ended> {
  return succeeding(deployment.apply());
}

async function succeeding(deploying: Promise<Ended>): Promise<Ended> {
  const ended = await neighbours.duringAll("a deploy", deploying);
  expect(ended.code, ended.said).toBe(0);
  await learnSecrets();
  return ended;
}

/** Learns the current secrets, including the tokens in the consumers' env files. */
export async function learnSecrets(): Promise<void> {
  await secrets.learn(host);
  for (const consumer of CONSUMERS) secrets.note(`token of ${consumer}`, await consumers.token(consumer));
}

/** A deploy that fails. @returns what it said */
export async function failingDeploy(): Promise<Ended> {
  const ended = await neighbours.duringAll("a failing deploy", deployment.apply());
  expect(ended.code, ended.said).toBe(1);
  return ended;
}

/** The second plan is empty: there is nothing to change, and no drift on the host. */
export async function expectEmptyPlan(): Promise<Plan> {
  const plan = await deployment.plan();
  expect(plan.changes, plan.said).toEqual([]);
  expect(plan.code, plan.said).toBe(0);
  return plan;
}

/** `npx nocodb-host drift` detects the same drift as a plan, without Terraform. */
export async function expectDrift(...words: string[]): Promise<void> {
  const said = await driftCommand(2);
  for (const each of words) expect(said).toContain(each);
}

export async function expectNoDrift(): Promise<void> {
  expect(await driftCommand(0)).toMatch(/^no drift in \d+ records$/m);
}

async function driftCommand(exitCode: number): Promise<string> {
  const { code, stdout, stderr } = await deployment.nocodbHost("drift");
  expect(code, stdout + stderr).toBe(exitCode);
  expect(secrets.foundIn(stdout + stderr)).toEqual([]);
  return stdout;
}

/** Records a fault for drift that the plan named and a plain deploy corrected. */
export function recordDrift(cause: string, seen: string, plan: Plan, preserved: string): void {
  recordFault({ cause, command: "plan, npx nocodb-host drift", seen, seconds: plan.seconds, preserved });
}

/** A plan names the drift in these words, and shows no secret. */
export function expectInPlan(plan: Ended, words: string): void {
  expect(plan.line).toContain(words);
  expect(secrets.foundIn(plan.said)).toEqual([]);
}

export async function health(at = site): Promise<number> {
  return (await visit(instance, at, "/api/v1/health")).status;
}

/** Requests the site again and again during some work. @returns the statuses, and the errors of requests that failed */
export async function answersDuring(work: () => Promise<unknown>): Promise<(number | string)[]> {
  const answers: (number | string)[] = [];
  let busy = true;
  const visiting = (async () => {
    while (busy) {
      answers.push(await health().catch((error: Error) => error.message));
      await sleep(200);
    }
  })();
  await work().finally(() => (busy = false));
  await visiting;
  return answers;
}

/** Signs in with the email in nocodb.env and the password that the host keeps. */
export async function signInAsAdmin(at = site): Promise<number> {
  return (await signInFromHost(at)).status;
}

async function signInFromHost(at: string): Promise<Answer> {
  const { email, password } = await host.superAdmin();
  return signIn(instance, at, email, password);
}

/** NocoDB's API with the rights of the super admin. */
export async function asAdmin() {
  const { token } = JSON.parse((await signInFromHost(site)).body) as { token: string };
  return nocodb(instance, site, { "xc-auth": token });
}

/** NocoDB's API without a credential, or with the given one. */
export function asVisitor(credential: Credential = {}) {
  return nocodb(instance, site, credential);
}

/** NocoDB's API with the token from the consumer's env file. */
export async function asConsumer(consumer: LabConsumer, ownFile?: string) {
  return nocodb(instance, site, { "xc-token": await consumers.token(consumer, ownFile) });
}

/** Signs in with what `npx nocodb-host sign-in` prints, as an operator would, with npx itself. */
export async function signInAsPrinted(): Promise<number> {
  const command = ["npx", "--no-install", "nocodb-host", "sign-in", deployment.name];
  const { stdout: printed } = await run(command, { cwd: root, env: deployment.env });
  const email = /^email {5}(.*)$/m.exec(printed)?.[1] ?? "";
  const password = /^password {2}(.*)$/m.exec(printed)?.[1] ?? "";
  return (await signIn(instance, site, email, password)).status;
}
