import { expect } from "vitest";
import { must } from "../../lab/command.js";
import { Deployment, type Ended, type Plan } from "../../lab/deployment.js";
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

/** What all chapters share: one deployment that goes through its whole life, chapter by chapter. */
export const instance = testInstance();
export const host = new Host(instance);
export const deployment = new Deployment(instance);
export const neighbours = new Neighbours(instance);
export const consumers = new Consumers(host);
export const secrets = new Secrets();

/** What is deployed first, and the same once more as another image, for a change of the image. */
export const image = IMAGES.nocodb;
export const anotherImage = `${image}-again`;

/** @returns its id */
export function buildAnotherImage(): Promise<string> {
  return must(["docker", "build", "--quiet", "--tag", anotherImage, "-"], {
    input: `FROM ${image}\nLABEL again=yes\n`,
  });
}

export const site = siteNamed("noco");

export function siteNamed(subdomain: string): string {
  return `${subdomain}.${instance.domain}`;
}

/** A deploy that succeeds, with an eye on the neighbours; learns the secrets that came with it. */
export function deploy(): Promise<Ended> {
  return succeeding(deployment.deploy());
}

/** The same without cdktf around Terraform, which takes four seconds more. */
export function apply(): Promise<Ended> {
  return succeeding(deployment.apply());
}

async function succeeding(deploying: Promise<Ended>): Promise<Ended> {
  const ended = await neighbours.duringAll("a deploy", deploying);
  expect(ended.code, ended.said).toBe(0);
  await learnSecrets();
  return ended;
}

/** Notes the secrets that there are now, the tokens in the consumers' env files among them. */
export async function learnSecrets(): Promise<void> {
  await secrets.learn(deployment);
  for (const consumer of CONSUMERS) secrets.note(`token of ${consumer}`, await consumers.token(consumer));
}

/** A deploy that fails, and says why. */
export async function failingDeploy(): Promise<Ended> {
  const ended = await neighbours.duringAll("a failing deploy", deployment.apply());
  expect(ended.code, ended.said).toBe(1);
  return ended;
}

/** The second plan is empty: nothing to change, nothing on the host that is not as the app left it. */
export async function expectEmptyPlan(): Promise<Plan> {
  const plan = await deployment.plan();
  expect(plan.changes, plan.said).toEqual([]);
  expect(plan.code, plan.said).toBe(0);
  return plan;
}

/** `npm run verify` says the same without Terraform: exit status 2 and these words, or 0 without any. */
export async function expectVerified(...words: string[]): Promise<void> {
  const { code, stdout, stderr } = await deployment.npmRun("verify");
  expect(code, stdout + stderr).toBe(words.length === 0 ? 0 : 2);
  for (const each of words) expect(stdout).toContain(each);
  expect(secrets.foundIn(stdout + stderr)).toEqual([]);
}

/** A row of docs/faults.md for what someone changed by hand: the plan names it and a plain deploy has put it back. */
export function recordDrift(cause: string, seen: string, plan: Plan, preserved: string): void {
  recordFault({ cause, command: "plan, npm run verify", seen, seconds: plan.seconds, preserved });
}

/** What a plan says of a thing that someone changed, it says without any secret. */
export function expectInWords(plan: Ended, words: string): void {
  expect(plan.line).toContain(words);
  expect(secrets.foundIn(plan.said)).toEqual([]);
}

export async function health(at = site): Promise<number> {
  return (await visit(instance, at, "/api/v1/health")).status;
}

/** Signs in with what stands in nocodb.env. */
export async function signInAsAdmin(at = site): Promise<number> {
  return (await signInWithFile(at)).status;
}

async function signInWithFile(at: string): Promise<Answer> {
  const { NC_ADMIN_EMAIL = "", NC_ADMIN_PASSWORD = "" } = await host.variables();
  return signIn(instance, at, NC_ADMIN_EMAIL, NC_ADMIN_PASSWORD);
}

/** NocoDB's API with the rights of the super admin. */
export async function asAdmin() {
  const { token } = JSON.parse((await signInWithFile(site)).body) as { token: string };
  return nocodb(instance, site, { "xc-auth": token });
}

/** NocoDB's API for anybody. */
export function asVisitor(credential: Credential = {}) {
  return nocodb(instance, site, credential);
}

/** NocoDB's API with the token that stands in the consumer's env file. */
export async function asConsumer(consumer: LabConsumer, ownFile?: string) {
  return nocodb(instance, site, { "xc-token": await consumers.token(consumer, ownFile) });
}

/** Signs in with what `npm run sign-in` prints, as an operator would. */
export async function signInAsTold(): Promise<number> {
  const told = (await deployment.npmRun("sign-in")).stdout;
  const email = /^email {5}(.*)$/m.exec(told)?.[1] ?? "";
  const password = /^password {2}(.*)$/m.exec(told)?.[1] ?? "";
  return (await signIn(instance, site, email, password)).status;
}
