import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatProblems, loadEnvironments } from "../../../settings/environment.js";
import { schemaFileText } from "../../../settings/schema.js";
import { complaints } from "../support/environment-text.js";

const read = (file: string) => readFileSync(new URL(`../../../environments/${file}`, import.meta.url), "utf8");

test("the environments of this repository are valid", () => {
  const { environments, problems } = loadEnvironments("environments", { HOME: "/home/me" });
  expect(formatProblems(problems)).toBe("");
  expect(environments.map(({ name }) => name)).toEqual(["lab", "preprod", "prod"]);
});

test("the lab needs only HOME", () => {
  const { environments } = loadEnvironments("environments", { HOME: "/home/me" });
  expect(environments.find(({ name }) => name === "lab")).toMatchObject({
    project: "lab",
    ssh: { port: 20222, identityFile: "/home/me/.nocodb-lab/lab/ssh/id_ed25519" },
    baseDirectory: "/home/me/.nocodb-lab/lab/host",
    memory: 256,
  });
});

test("schema.json is current (npm run schema)", () => {
  expect(read("schema.json")).toBe(schemaFileText());
});

test.each(["prod.yaml", "preprod.yaml", "lab.yaml"])("%s tells editors its schema", (file) => {
  expect(read(file).split("\n")[0]).toBe("# yaml-language-server: $schema=./schema.json");
});

const EXTERNAL = /^ {2}external:.*\n(?: {4}.*\n)+/m;
const IN_CONTAINER = /^ {2}(?:container: acme_postgresql|host: postgresql|port: 5432)\b.*\n/gm;

const SWARM = /^swarm:.*\n(?: .*\n)+/m;

/** The example with its commented settings, for one container; of the backends, servers and receivers of alerts, only one. */
function example(backend: string, server: "container" | "external" = "container"): string {
  const setting = /^( *)# ( *[\w-]+:(?: .*)?)$/;
  const text = read("prod.yaml").split("\n").slice(1);
  const on = text
    .map((line) => line.replace(setting, "$1$2"))
    .join("\n")
    .replace(/^ {2}command: .*\n/m, "");
  const single = on.replace(SWARM, "");
  const served = server === "container" ? single.replace(EXTERNAL, "") : single.replaceAll(IN_CONTAINER, "");
  return served.replaceAll(/^backend:\n(?: .*\n)+/gm, (each) => (each.includes(`type: ${backend} #`) ? each : ""));
}

test.each(["local", "cloud", "s3", "pg"])("every setting shown in prod.yaml is valid (backend %s)", (backend) => {
  expect(example(backend).match(/^backend:/gm)).toHaveLength(1);
  expect(complaints(example(backend), {}, "prod")).toEqual([]);
});

test("a PostgreSQL elsewhere, as shown in prod.yaml, is valid", () => {
  const text = example("local", "external");
  expect(text).toMatch(/^ {4}tls:\n {6}mode: verify-full/m);
  expect(complaints(text, {}, "prod")).toEqual([]);
});

test("a cluster, as shown in prod.yaml, is valid; files in a bucket are not on a node", () => {
  const commented = SWARM.exec(read("prod.yaml").replaceAll(/^# ((?: {2,})?[\w-]+:.*)$/gm, "$1"))![0];
  expect(commented).toMatch(/^ {2}node: docker1/m);
  const swarm = commented.replace(/^ {2}node: .*\n/m, "");
  const text = example("local")
    .replace(/^engine: container$/m, `engine: swarm\n${swarm.trimEnd()}`)
    .replace(/^usernsMode: .*\n/m, "");
  expect(text).toMatch(/^engine: swarm$/m);
  expect(complaints(text, {}, "prod")).toEqual([]);
});

test("prod.yaml shows every setting", () => {
  const { consumers, ...others } = JSON.parse(read("schema.json")).properties;
  const sections = { ...others, consumers: consumers.additionalProperties };
  const text = read("prod.yaml");
  const missing = Object.entries<{ properties?: object }>(sections).flatMap(([key, { properties }]) =>
    [key, ...Object.keys(properties ?? {})].filter((name) => !new RegExp(`^ *#? *${name}:`, "m").test(text)),
  );
  expect(missing).toEqual([]);
});

test.each(["prod", "preprod"])("%s has the consumers OpenClaw and n8n", (name) => {
  const { environments } = loadEnvironments("environments", { HOME: "/home/me" });
  expect(environments.find((environment) => environment.name === name)?.consumers).toMatchObject([
    { name: "n8n", baseUrl: "site", envFile: "/opt/acme/configs/n8n/n8n.env", container: "acme_n8n" },
    {
      name: "openclaw",
      role: "viewer",
      bases: { Production: "creator" },
      baseUrl: "internal",
      container: "acme_openclaw",
    },
  ]);
});
