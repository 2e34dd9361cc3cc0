import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, run } from "../../lab/command.js";
import { root } from "../../lab/deployment.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { availableTerraform } from "../../lab/terraform.js";
import { environmentText } from "../unit/support/environment-text.js";
import { inContainer, ownName, remove, sql, start } from "./containers.js";
import { instance } from "./host.js";

const PASSWORD = "of-the-state-server";
const server = ownName("state");
let place: string;
let stack: string;
let env: Record<string, string>;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "state-move-"));
  stack = join(place, "cdktf.out/stacks/prod");
  const settings = ["--network", instance.frontend.name, "--publish", "127.0.0.1::5432", "--env", "POSTGRES_PASSWORD"];
  await start(server, IMAGES.postgresql, settings, [], { env: { POSTGRES_PASSWORD: PASSWORD } });
  await eventually(60, () => inContainer(server, ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"]));
  const { stdout: published } = await run(["docker", "port", server, "5432/tcp"]);
  env = {
    ...(await availableTerraform()).env,
    NOCODB_ENVIRONMENTS: join(place, "environments"),
    CDKTF_OUTDIR: join(place, "cdktf.out"),
    PG_CONN_STR: `postgres://postgres:${PASSWORD}@${published.split("\n")[0]}/postgres?sslmode=disable`,
  };
});
afterAll(() => Promise.all([remove(server), rm(place, { recursive: true, force: true })]));

/** Disabled, so that an apply makes its secrets and the state's id, and needs no host. */
async function synth(backend?: object): Promise<void> {
  await mkdir(join(place, "environments"), { recursive: true });
  await writeFile(
    join(place, "environments/prod.yaml"),
    environmentText({ subdomain: "", ...(backend && { backend }) }),
  );
  expect(await run([join(root, "node_modules/.bin/tsx"), "main.ts"], { cwd: root, env })).toMatchObject({ code: 0 });
}

const terraform = (words: readonly string[], input = ""): Promise<Outcome> =>
  run([env.TERRAFORM_BINARY_NAME!, `-chdir=${stack}`, ...words], { env, input });

/** The command of docs/state.md, answered with yes. */
const migrate = () => terraform(["init", "-migrate-state", "-no-color"], "yes\n");

const plan = async () => (await terraform(["plan", "-detailed-exitcode", "-input=false", "-no-color"])).code;

/** All that is in the state, in the backend where it is. */
async function resources(): Promise<string> {
  return JSON.stringify(JSON.parse((await terraform(["state", "pull"])).stdout).resources);
}

const inServer = () => sql(server, "SELECT count(*) FROM nocodb_prod.states WHERE data LIKE '%owner%'");

describe("a state that moves", () => {
  let before: string;
  beforeAll(async () => {
    await synth();
    await terraform(["init", "-input=false"]);
    expect(await terraform(["apply", "-auto-approve", "-input=false"])).toMatchObject({ code: 0 });
    before = await resources();
  });

  test("does not move by itself: a changed backend stops a plan, which names the command", async () => {
    await synth({ type: "pg" });
    const { code, stderr } = await terraform(["plan", "-input=false", "-no-color"]);
    expect([code, stderr.replace(/[\s│]+/g, " ")]).toEqual([1, expect.stringContaining('"-migrate-state"')]);
  });

  test("moves from the file into PostgreSQL completely, with its id, and the plan is empty", async () => {
    expect(await migrate()).toMatchObject({ code: 0 });
    expect((await inServer()).trim()).toBe("1");
    expect(await resources()).toBe(before);
    expect(await plan()).toBe(0);
  });

  test("leaves no credential for PostgreSQL in any file", async () => {
    const files = await readdir(place, { recursive: true, withFileTypes: true });
    const texts = files.filter((file) => file.isFile() && !file.parentPath.includes("/providers"));
    for (const file of texts) expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(PASSWORD);
    expect(texts.map(({ name }) => name)).toContain("cdk.tf.json");
  });

  test("moves back into the file, and the plan is empty", async () => {
    await rm(join(place, "state/prod.tfstate"));
    await synth();
    expect(await migrate()).toMatchObject({ code: 0 });
    expect(await resources()).toBe(before);
    expect(JSON.stringify(JSON.parse(await readFile(join(place, "state/prod.tfstate"), "utf8")).resources)).toBe(
      before,
    );
    expect(await plan()).toBe(0);
  });
});
