import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run as command, must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownCaddy } from "./caddy.js";
import { ownName, remove } from "./containers.js";
import { asRoot, type Input, instance, record, run, scratch } from "./host.js";

const directory = scratch("replacement");
const records = `${directory}/records`;
const label = "cdktf.environment=it";
const QUIET = { code: 0, stdout: "", stderr: "" };
const secretsCjs = readFileSync(new URL("../../constructs/service-secrets/secrets.cjs", import.meta.url), "utf8");
const caddy = ownCaddy("replacement");

const exists = async (name: string) => (await command(["docker", "inspect", name])).code === 0;
const inspect = (name: string, format: string) => must(["docker", "inspect", "-f", format, name]);

describe("before the container is created", () => {
  const name = ownName("orphan");
  const former = `${name}_former`;
  const beforeCreate = (more: Input = {}) =>
    run("service-container/before-create", {
      ...{ records, requirements: `free_name ${name} ${label} generic`, name, label, image: IMAGES.sshd },
      ...{ service: "it", grace_period: "1", ...more },
    });
  const create = (as: string, ...labels: string[]) => {
    const settings = ["--label", `nocodb-lab=${instance.name}`, ...labels.flatMap((each) => ["--label", each])];
    const own = ["--detach", "--init", "--name", as, "--network", "none", ...settings];
    return must(["docker", "run", ...own, IMAGES.sshd, "sleep", "1000"]);
  };

  beforeEach(() => remove(name, former, `${name}_2`));
  afterAll(() => remove(name, former, `${name}_2`));

  test("the one that serves is set aside and goes on, known to the state or not, and others stay; twice", async () => {
    await create(`${name}_2`, label);
    const id = await create(name, label);
    for (const _ of ["once", "twice"]) {
      expect(await beforeCreate()).toEqual(QUIET);
      expect(await exists(name)).toBe(false);
      expect(await inspect(former, "{{.Id}} {{.State.Status}}")).toBe(`${id} running`);
    }
    expect(await inspect(`${name}_2`, "{{.State.Status}}")).toBe("running");
  });

  test.each([
    ["a new one was created and had not taken over", "running", "former"],
    ["a new one had taken over", "exited", "new"],
  ])("of the two that an interrupted deploy left, the one that serves stays: %s", async (_, state, serving) => {
    const ids = { former: await create(former, label), new: await create(name, label) };
    if (state === "exited") await must(["docker", "kill", former]);
    expect(await beforeCreate()).toEqual(QUIET);
    expect(await exists(name)).toBe(false);
    expect(await inspect(former, "{{.Id}} {{.State.Status}}")).toBe(`${ids[serving as "new"]} running`);
  });

  test.each([
    ["without our label", []],
    ["of another environment", [`${label}-2`]],
  ])("one %s is left running and reported", async (_, labels) => {
    await create(name, ...labels);
    const { code, stderr } = await beforeCreate();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`a container named ${name} exists that this app did not create`),
    ]);
    expect(await inspect(name, "{{.State.Status}}")).toBe("running");
  });

  test("one that crashes again and again is set aside, and stopped if the engine cannot rename it otherwise", async () => {
    const settings = ["--label", `nocodb-lab=${instance.name}`, "--label", label, "--restart", "always"];
    await must(["docker", "run", "--detach", "--name", name, "--network", "none", ...settings, IMAGES.sshd, "false"]);
    await eventually(30, async () => {
      expect(await inspect(name, "{{.State.Restarting}} {{gt .RestartCount 3}}")).toBe("true true");
    });
    expect(await beforeCreate()).toEqual(QUIET);
    expect(await exists(name)).toBe(false);
    expect(await inspect(former, "{{.State.Running}}")).toBe("false");
  });

  test("nothing is set aside on a host that is not ready", async () => {
    await create(name, label);
    const { code, stderr } = await beforeCreate({
      requirements: `user no_such_user\nfree_name ${name} ${label} generic`,
    });
    expect([code, stderr]).toEqual([
      1,
      "The host is not ready, and nothing was changed on it:\n- user no_such_user does not exist on the host\n",
    ]);
    expect(await exists(name)).toBe(true);
  });

  test("a directory that cannot be written stops the replacement", async () => {
    await create(name, label);
    const places = { secrets: `${directory}/secrets`, data_directory: "/sys/kernel", backups: `${directory}/backups` };
    const { code, stderr } = await beforeCreate(places);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^\/sys\/kernel cannot be written, so the old container was left running: the reason is above$/m,
      ),
    ]);
    expect(await exists(name)).toBe(true);
  });
});

describe("a new container takes over from the one that was set aside:", () => {
  const secrets = `${directory}/secrets`;
  const url = "http://it-service:8080/";
  const names: string[] = [];
  afterAll(() => remove(...names.flatMap((each) => [each, `${each}_former`])));
  beforeAll(async () => {
    await asRoot('mkdir "$1" && echo A=1 >"$1/values" && printf "%s" "$2" >"$1/secrets.cjs"', secrets, secretsCjs);
  });

  /** A service on Node.js that says who it is, and writes down when it begins to serve and when it ends. */
  const serves = (who: string) => `
    const note = (what) => require("fs").appendFileSync("/run/it/${notesFile}", \`${who} \${what}\\n\`);
    process.on("SIGTERM", () => { note("ends"); process.exit(); });
    require("http").createServer((_, response) => response.end("${who}")).listen(8080, () => note("serves"));`;

  const create = (name: string, program: string, ...more: string[]) => {
    names.push(name.replace(/_former$/, ""));
    const own = ["--name", name, "--label", `nocodb-lab=${instance.name}`, "--label", label, ...more];
    const network = ["--network", instance.frontend.name, "--network-alias", "it-service"];
    const preload = ["--volume", `${secrets}:/run/it`, "--env", "NODE_OPTIONS=--require=/run/it/secrets.cjs"];
    return must(["docker", "create", ...own, ...network, ...preload, IMAGES.nocodb, "node", "-e", program]);
  };
  let notesFile = "";
  const notes = () => asRoot('cat "$1/$2"', secrets, notesFile);

  /** The one that serves, set aside, and the new one as Terraform creates it. */
  async function replacement(program?: string): Promise<string> {
    notesFile = `notes-${randomUUID().slice(0, 8)}`;
    const name = ownName(`taking_over_${notesFile}`);
    await asRoot('mkdir -p "$1" && touch "$1/$2-shape"', records, name);
    await create(`${name}_former`, serves("former"));
    await must(["docker", "start", `${name}_former`]);
    await eventually(20, async () => expect(await notes()).toBe("former serves\n"));
    await create(name, program ?? serves("new"));
    return name;
  }

  const takeOver = (name: string, more: Input = {}) =>
    run("service-container/wait-healthy", {
      ...{ records, key: name, status: "new", container_key: `${name}-shape`, container_status: "as before" },
      ...{ service: "it", image: IMAGES.nocodb, release: "", version: "unknown", grace_period: "2", secrets },
      ...{ name, label, url, timeout: "30", networks: `${instance.frontend.name} it-service`, ...more },
    });

  test("it loads while the other serves, and goes on when that has ended; then the other is removed", async () => {
    const name = await replacement();
    expect(await takeOver(name)).toMatchObject({ code: 0, stderr: "" });
    expect(await notes()).toBe("former serves\nformer ends\nnew serves\n");
    expect(await exists(`${name}_former`)).toBe(false);
    expect(await inspect(name, "{{range .NetworkSettings.Networks}}{{.Aliases}}{{end}}")).toContain("it-service");
    expect(await asRoot('ls "$1"', secrets)).not.toContain("wait-");
  });

  test("requests to it wait at Caddy meanwhile, and no line of that stays in Caddy's container", async () => {
    const hosts = () => must(["docker", "exec", caddy.container, "cat", "/etc/hosts"]);
    const before = await hosts();
    const name = await replacement();
    const taking = takeOver(name, { caddy: caddy.container, upstream: "it-service:8080", grace_period: "8" });
    await eventually(20, async () =>
      expect(await hosts()).toMatch(/^255\.255\.255\.255 it-service # held since \d+$/m),
    );
    expect(await taking).toMatchObject({ code: 0, stderr: "" });
    expect(await hosts()).toBe(before);
  });

  test("one that cannot load is removed, and the other goes on under its own name; the plan shows it", async () => {
    const name = await replacement('console.log("cannot load"); process.exit(3)');
    const id = await inspect(`${name}_former`, "{{.Id}}");
    const { code, stderr } = await takeOver(name);
    expect([code, stderr]).toEqual([
      1,
      `cannot load\nContainer ${name} has exited (exit code 3) instead of answering at ${url}. Its last lines are above.\nThe old container was left running, and the new one is removed.\n`,
    ]);
    expect(await inspect(name, "{{.Id}} {{.State.Status}}")).toBe(`${id} running`);
    expect(await exists(`${name}_former`)).toBe(false);
    expect(await notes()).toBe("former serves\n");
    expect(await record(records, `${name}-shape`)).toBe("undone=the new container did not start\n");
  });

  test("a network that is gone leaves the other one serving", async () => {
    const name = await replacement();
    const id = await inspect(`${name}_former`, "{{.Id}}");
    const { code, stderr } = await takeOver(name, { networks: `${instance.frontend.name}-gone it-service` });
    expect([code, stderr]).toEqual([1, expect.stringContaining("The old container was left running")]);
    expect(await inspect(name, "{{.Id}} {{.State.Status}}")).toBe(`${id} running`);
  });

  test.each<[string, (name: string) => Promise<unknown>]>([
    ["while the new one loads", (name) => beginBeside(name)],
    [
      "after the other one was stopped",
      async (name) => {
        await beginBeside(name);
        await must(["docker", "stop", `${name}_former`]);
      },
    ],
    [
      "after the new one got its networks",
      async (name) => {
        await beginBeside(name);
        await must(["docker", "stop", `${name}_former`]);
        await must(["docker", "network", "connect", "--alias", "it-service", instance.frontend.name, name]);
      },
    ],
  ])("interrupted %s, the next run ends with the new one alone", async (_, interrupted) => {
    const name = await replacement();
    await interrupted(name);
    expect(await takeOver(name)).toMatchObject({ code: 0, stderr: "" });
    expect(await notes()).toBe("former serves\nformer ends\nnew serves\n");
    expect(await exists(`${name}_former`)).toBe(false);
  });

  /** What a run does before it is interrupted: the new one is started without networks, and waits. */
  async function beginBeside(name: string): Promise<void> {
    await must(["docker", "network", "disconnect", instance.frontend.name, name]);
    await asRoot(': >"$1/wait-$2"', secrets, await inspect(name, "{{.Config.Hostname}}"));
    await must(["docker", "start", name]);
  }
});
