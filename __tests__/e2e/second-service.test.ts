/** A second service on NocoDB's host, made with the same constructs: docs/reuse.md. NocoDB must not notice it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, run } from "../../lab/command.js";
import { root } from "../../lab/deployment.js";
import { IMAGES } from "../../lab/images.js";
import { deployment, expectEmptyPlan, host, instance, neighbours } from "./lifecycle.js";
import { visit } from "./visitor.js";

const name = `${instance.name}_notes`;
const site = `notes.${instance.domain}`;
const image = (version: string) => `${instance.name}/notes:${version}`;
const stack = join(deployment.folder, "cdktf.out/stacks/notes");
const { env } = process;
let outputs: string[] = [];

/** Runs one of the programs that docs/reuse.md shows. */
async function tsx(file: string, ...words: string[]) {
  const program = join(root, "node_modules/.bin/tsx");
  const { code, stdout, stderr } = await run([program, `lab/second-service/${file}`, ...words], {
    cwd: root,
    env: deployment.env,
  });
  outputs.push(stdout + stderr);
  return { code, said: stdout + stderr };
}

async function terraform(...words: string[]) {
  const binary = deployment.env.TERRAFORM_BINARY_NAME ?? "terraform";
  const { code, stdout, stderr } = await run([binary, ...words, "-no-color"], { cwd: stack, env: deployment.env });
  outputs.push(stdout + stderr);
  return { code, said: (stdout + stderr).replace(/\s+/g, " ") };
}

/** Deploys a version: what `cdktf deploy notes` does. */
async function deploy(version: string) {
  expect(await tsx("main.ts", instance.name, image(version))).toMatchObject({ code: 0 });
  await terraform("init", "-input=false");
  return terraform("apply", "-auto-approve", "-input=false");
}

const plan = () => terraform("plan", "-detailed-exitcode", "-input=false");

/** Asks the service on its own network, past the VPN gate. */
function ask(method: string, path: string, body = ""): Promise<string> {
  const fetching = "fetch(process.argv[1],{method:process.argv[2],...(process.argv[3]&&{body:process.argv[3]})})";
  const program = `${fetching}.then((answer)=>answer.text()).then((text)=>process.stdout.write(text))`;
  return must(["docker", "exec", name, "node", "-e", program, `http://notes:8080${path}`, method, body]);
}

/** Everything of NocoDB's that a second service could harm, to the byte. */
async function nocodb(): Promise<Record<string, string>> {
  const { containers, baseDirectory } = instance;
  const dump = ["pg_dump", "-U", "postgres", "--restrict-key=same", "nocodb"];
  const plain = ["pg_dump", "-U", "postgres", "nocodb"];
  const dumped = async (command: string[]) => run(["docker", "exec", containers.postgresql, ...command]);
  const first = await dumped(dump);
  const database = first.code === 0 ? first.stdout : (await dumped(plain)).stdout.replace(/^\\(un)?restrict .*$/gm, "");
  const digest = 'find "$1" -type f -exec sha256sum {} + | sort';
  return {
    container: await host.running("nocodb"),
    records: await host.sh(digest, `${host.configDirectory}/records`),
    variables: await host.sh(digest, host.envFile),
    secrets: await host.sh(digest, host.secretsDirectory),
    backups: await host.sh(digest, `${baseDirectory}/backups/nocodb`),
    database,
    environment: await deployment.environmentText(),
  };
}

let before: Record<string, string>;
const expectUntouched = async () => expect(await nocodb()).toEqual(before);

beforeAll(async () => {
  await deployment.begin();
  await deployment.set({ cpus: 1 });
  for (const version of ["1.0.0", "1.1.0"]) {
    const build = ["--build-arg", `NOCODB=${IMAGES.nocodb}`, "--build-arg", `VERSION=${version}`];
    await must(["docker", "build", "--quiet", ...build, "--tag", image(version), "lab/second-service/image"], {
      cwd: root,
      env: { ...env, DOCKER_BUILDKIT: "0" } as Record<string, string>,
    });
  }
  expect((await deployment.apply()).code).toBe(0);
  expect((await deployment.nocodbHost("backup create")).code).toBe(0);
  await neighbours.begin();
  before = await nocodb();
});

afterAll(async () => {
  await terraform("destroy", "-auto-approve", "-input=false");
  await deployment.destroy();
  await deployment.disconnect();
});

describe("a second service", () => {
  it("is deployed with a database, a site and an empty second plan", async () => {
    const deployed = await deploy("1.0.0");
    expect(deployed.code, deployed.said).toBe(0);
    expect(deployed.said).toContain(`${name} answers at http://notes:8080/health`);
    expect(deployed.said).toContain("database notes: listed, owner notes");
    expect((await plan()).code).toBe(0);
    expect(await (await visit(instance, site, "/version")).body).toBe("1.0.0");
    await ask("POST", "/notes", "first");
  });

  it("leaves NocoDB's plan and drift check empty", async () => {
    await expectEmptyPlan();
    expect(await deployment.nocodbHost("drift")).toMatchObject({ code: 0 });
    await expectUntouched();
  });

  it("is upgraded behind a backup of its own data", async () => {
    const upgraded = await deploy("1.1.0");
    expect(upgraded.code, upgraded.said).toBe(0);
    expect(await ask("GET", "/version")).toBe("1.1.0");
    expect(await ask("GET", "/notes")).toBe("first");
    expect((await plan()).code).toBe(0);
    const { said } = await tsx("backup.ts", instance.name, "list");
    expect(said).toMatch(/^\S+-1\.0\.0 .*before .*notes:1\.1\.0/m);
    await expectUntouched();
  });

  it("refuses an older version, with the command that restores its own backup", async () => {
    const refused = await deploy("1.0.0");
    expect(refused.code).toBe(1);
    expect(refused.said).toContain(`image ${image("1.0.0")} is older than ${image("1.1.0")}`);
    expect(refused.said).toContain(`npx tsx lab/second-service/backup.ts ${instance.name} restore`);
    expect(await ask("GET", "/version")).toBe("1.1.0");
  });

  it("makes a backup on request, and restores the one from before the upgrade", async () => {
    await ask("POST", "/notes", "second");
    expect((await tsx("backup.ts", instance.name, "create")).code).toBe(0);
    const { said } = await tsx("backup.ts", instance.name, "list");
    const first = /^(\S+-1\.0\.0) /m.exec(said)![1]!;
    const restored = await tsx("backup.ts", instance.name, "restore", first);
    expect(restored, restored.said).toMatchObject({ code: 0 });
    expect(restored.said).toContain(`image=${image("1.0.0")}`);
    expect((await deploy("1.0.0")).code).toBe(0);
    expect(await ask("GET", "/notes")).toBe("first");
    expect((await plan()).code).toBe(0);
    await expectUntouched();
  });

  it("does not restore a backup of NocoDB's", async () => {
    const [backup] = (await host.sh('ls "$1"', `${instance.baseDirectory}/backups/nocodb`)).split("\n");
    const [from, to] = ["nocodb", "notes"].map((service) => `${instance.baseDirectory}/backups/${service}`);
    await host.sh('cp -a -- "$1" "$2"', `${from}/${backup}`, `${to}/${backup}`);
    const refused = await tsx("backup.ts", instance.name, "restore", backup!);
    await host.sh('rm -r -- "$1"', `${to}/${backup}`);
    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain("is a backup of service nocodb, not of notes");
    expect(await ask("GET", "/notes")).toBe("first");
  });

  it("is destroyed alone: its data stays, NocoDB and the rest of Caddy notice nothing", async () => {
    const destroyed = await terraform("destroy", "-auto-approve", "-input=false");
    expect(destroyed.code, destroyed.said).toBe(0);
    expect(destroyed.said).toContain("kept: database notes and role notes");
    expect((await run(["docker", "container", "inspect", name])).code).not.toBe(0);
    expect(await readFile(instance.caddyfile, "utf8")).not.toContain(site);
    await expectUntouched();
    await expectEmptyPlan();
  });

  it("shows no secret in its output", async () => {
    const password = (await host.read(`${instance.baseDirectory}/configs/notes/secrets/values`)).match(
      /^DATABASE_PASSWORD=(.*)$/m,
    )![1]!;
    expect(outputs.filter((output) => output.includes(password))).toEqual([]);
    outputs = [];
  });
});
