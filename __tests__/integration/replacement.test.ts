import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run as command, must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { ownName, remove } from "./containers.js";
import { asRoot, type Input, instance, run, scratch } from "./host.js";

const directory = scratch("replacement");
const name = ownName("orphan");
const label = "cdktf.environment=it";
const QUIET = { code: 0, stdout: "", stderr: "" };

describe("before the container is created", () => {
  const beforeCreate = (requirements = `free_name ${name} ${label} generic`) =>
    run("service-container/before-create", {
      ...{ records: `${directory}/records`, requirements, name, label, image: IMAGES.sshd },
      ...{ service: "it", grace_period: "1" },
    });
  const create = (as: string, ...labels: string[]) => {
    const settings = ["--label", `nocodb-lab=${instance.name}`, ...labels.flatMap((each) => ["--label", each])];
    const own = ["--detach", "--init", "--name", as, "--network", "none", ...settings];
    return must(["docker", "run", ...own, IMAGES.sshd, "sleep", "1000"]);
  };
  const exists = async (as: string) => (await command(["docker", "inspect", as])).code === 0;

  beforeEach(() => remove(name, `${name}_2`));
  afterAll(() => remove(name, `${name}_2`));

  test("a container of the app that the state does not know is removed, running or not, and others stay; twice", async () => {
    await create(`${name}_2`, label);
    await create(name, label);
    for (const _ of ["once", "twice"]) {
      expect(await beforeCreate()).toEqual(QUIET);
      expect([await exists(name), await exists(`${name}_2`)]).toEqual([false, true]);
    }
    await must(["docker", "rename", `${name}_2`, name]);
    await must(["docker", "kill", name]);
    expect(await beforeCreate()).toEqual(QUIET);
    expect(await exists(name)).toBe(false);
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
    expect(await must(["docker", "inspect", "-f", "{{.State.Status}}", name])).toBe("running");
  });

  test("nothing is removed from a host that is not ready", async () => {
    await create(name, label);
    const { code, stderr } = await beforeCreate(`user no_such_user\nfree_name ${name} ${label} generic`);
    expect([code, stderr]).toEqual([
      1,
      "The host is not ready, and nothing was changed on it:\n- user no_such_user does not exist on the host\n",
    ]);
    expect(await exists(name)).toBe(true);
  });
});

describe("before the old container stops", () => {
  const caddy = ownCaddy("replacement");
  const site = siteName("a");
  const replacement = {
    ...{ records: `${directory}/records`, requirements: "docker", image: IMAGES.caddy as string },
    ...{ caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "", site, text: respond(site, "one") },
    ...{ upstream: "it-service:8080", service: "it", grace_period: "8" },
  };
  const beforeReplace = (more: Input = {}) => run("service-container/before-replace", { ...replacement, ...more });
  const everything = () => asRoot('find "$1" "$2" -type f -exec sha256sum {} +', directory, caddy.directory);
  let before: string;

  beforeAll(async () => {
    before = await everything();
  });

  test("a present image and a valid site need nothing; twice, and nothing is changed", async () => {
    for (const _ of ["once", "twice"]) expect(await beforeReplace()).toEqual(QUIET);
    expect(await beforeReplace({ site: "", text: "" })).toEqual(QUIET);
    expect(await everything()).toBe(before);
    expect(await caddy.answer(site)).toBe("nothing");
  });

  test("a directory that cannot be written stops the replacement", async () => {
    const places = { secrets: `${directory}/secrets`, data_directory: "/sys/kernel" };
    const { code, stderr } = await beforeReplace({ ...places, backups: `${directory}/backups` });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^\/sys\/kernel cannot be written, so the old container was left running: the reason is above$/m,
      ),
    ]);
    expect(await everything()).toBe(before);
  });

  test("Caddy cannot find the service for some seconds, and no line of that stays in its container", async () => {
    const hosts = () => must(["docker", "exec", caddy.container, "cat", "/etc/hosts"]);
    await eventually(20, async () => expect(await hosts()).not.toContain("it-service"));
    const former = await hosts();
    expect(await beforeReplace()).toEqual(QUIET);
    const line = (await hosts()).replace(`${former}\n`, "");
    expect(line).toMatch(/^255\.255\.255\.255 it-service # held since \d+$/);
    await eventually(20, async () => expect(await hosts()).toBe(former));
  });

  test("an image that cannot be pulled is reported with the reason", async () => {
    const image = "registry.invalid/it/no-such-image:1";
    const { code, stdout, stderr } = await beforeReplace({ image });
    expect([code, stdout]).toEqual([1, `pulling ${image} while the old container serves\n`]);
    expect(stderr).toMatch(
      new RegExp(`^image ${image} cannot be pulled, so the old container was left running: .*registry.invalid`),
    );
    expect(stderr).toContain(
      "Correct image in the environment file, or check the host's connection to the registry.\n",
    );
    expect(await everything()).toBe(before);
  });

  test("a site that Caddy would not load is reported with the reason", async () => {
    const { code, stdout, stderr } = await beforeReplace({ text: `${site} {\n\trespnd "x"\n}` });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      `The old container was left running: Caddy in container ${caddy.container} would not load ${caddy.caddyfile} with the site ${site} in it: `,
    );
    expect(stderr).toContain("unrecognized directive: respnd");
    expect(await everything()).toBe(before);
  });

  test("a Caddyfile that someone broke meanwhile is reported, although our site in it is right", async () => {
    await caddy.apply(site, replacement.text);
    await caddy.write(`${await caddy.read()}broken {\n\trespnd "x"\n}\n`);
    const { code, stderr } = await beforeReplace();
    expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: respnd")]);
    await caddy.write(CADDYFILE);
  });

  test("a host that is not ready is reported before anything is pulled", async () => {
    const { code, stdout, stderr } = await beforeReplace({
      requirements: "user no_such_user",
      image: "registry.invalid/it:1",
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("- user no_such_user does not exist on the host\n");
  });
});
