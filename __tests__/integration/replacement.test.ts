import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AROUND_REPLACEMENT } from "../../constructs/remote-host/probe.js";
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
  const ready = (requirements = `free_name ${name} ${label}`) =>
    run(["common.sh", ...AROUND_REPLACEMENT, "ready-for-container.sh"], {
      ...{ manifest: `${directory}/manifest`, requirements, name, label, image: IMAGES.sshd },
    });
  const make = (as: string, ...labels: string[]) => {
    const settings = ["--label", `nocodb-lab=${instance.name}`, ...labels.flatMap((each) => ["--label", each])];
    return must([
      "docker",
      "run",
      "--detach",
      "--init",
      "--name",
      as,
      "--network",
      "none",
      ...settings,
      IMAGES.sshd,
      "sleep",
      "1000",
    ]);
  };
  const isThere = async (as: string) => (await command(["docker", "inspect", as])).code === 0;

  beforeEach(() => remove(name, `${name}_2`));
  afterAll(() => remove(name, `${name}_2`));

  test("one of ours that the state does not know is removed, running or not; its neighbours stay; twice", async () => {
    await make(`${name}_2`, label);
    await make(name, label);
    for (const _ of ["once", "twice"]) {
      expect(await ready()).toEqual(QUIET);
      expect([await isThere(name), await isThere(`${name}_2`)]).toEqual([false, true]);
    }
    await must(["docker", "rename", `${name}_2`, name]);
    await must(["docker", "kill", name]);
    expect(await ready()).toEqual(QUIET);
    expect(await isThere(name)).toBe(false);
  });

  test.each([
    ["without our label", []],
    ["of another environment", [`${label}-2`]],
  ])("one %s is left running, and told", async (_, labels) => {
    await make(name, ...labels);
    const { code, stderr } = await ready();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`a container named ${name} is there that this app did not make`),
    ]);
    expect(await must(["docker", "inspect", "-f", "{{.State.Status}}", name])).toBe("running");
  });

  test("nothing is removed from a host that is not ready", async () => {
    await make(name, label);
    const { code, stderr } = await ready(`user no_such_user\nfree_name ${name} ${label}`);
    expect([code, stderr]).toEqual([
      1,
      "The host is not ready, and nothing was changed on it:\n- user no_such_user does not exist on the host\n",
    ]);
    expect(await isThere(name)).toBe(true);
  });
});

describe("before the old container stops", () => {
  const caddy = ownCaddy("replacement");
  const site = siteName("a");
  const wanted = {
    ...{ manifest: `${directory}/manifest`, requirements: "docker", image: IMAGES.caddy as string },
    ...{ caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "", site, text: respond(site, "one") },
    upstream: "it-service:8080",
  };
  const prepare = (more: Input = {}) =>
    run(["common.sh", ...AROUND_REPLACEMENT, "prepare-replacement.sh"], {
      ...wanted,
      ...more,
    });
  const everything = () => asRoot('find "$1" "$2" -type f -exec sha256sum {} +', directory, caddy.directory);
  let before: string;

  beforeAll(async () => {
    before = await everything();
  });

  test("an image that is there and a site that Caddy would load need nothing; twice, and nothing is changed", async () => {
    for (const _ of ["once", "twice"]) expect(await prepare()).toEqual(QUIET);
    expect(await prepare({ site: "", text: "" })).toEqual(QUIET);
    expect(await everything()).toBe(before);
    expect(await caddy.answer(site)).toBe("nothing");
  });

  test("a directory that could not be written once the old one is gone stops it there", async () => {
    const places = { env_file: `${directory}/it.env`, data_directory: "/sys/kernel" };
    const { code, stderr } = await prepare({ ...places, backups: `${directory}/backups` });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^\/sys\/kernel cannot be written, so the old container was left running: .*stands above$/m,
      ),
    ]);
    expect(await everything()).toBe(before);
  });

  test("Caddy finds the service nowhere for some seconds, and no line of that stays in its container", async () => {
    const hosts = () => must(["docker", "exec", caddy.container, "cat", "/etc/hosts"]);
    await eventually(20, async () => expect(await hosts()).not.toContain("it-service"));
    const asItWas = await hosts();
    expect(await prepare()).toEqual(QUIET);
    const line = (await hosts()).replace(`${asItWas}\n`, "");
    expect(line).toMatch(/^255\.255\.255\.255 it-service # held since \d+$/);
    await eventually(20, async () => expect(await hosts()).toBe(asItWas));
  });

  test("an image that cannot be had is told with the reason", async () => {
    const image = "registry.invalid/it/no-such-image:1";
    const { code, stdout, stderr } = await prepare({ image });
    expect([code, stdout]).toEqual([1, `pulling ${image} while the old container serves\n`]);
    expect(stderr).toMatch(
      new RegExp(`^image ${image} cannot be had, so the old container was left running: .*registry.invalid`),
    );
    expect(stderr).toContain("Correct image in the environment file, or check the host's way to the registry.\n");
    expect(await everything()).toBe(before);
  });

  test("a site that Caddy would not load is told with the reason", async () => {
    const { code, stdout, stderr } = await prepare({ text: `${site} {\n\trespnd "x"\n}` });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      `Caddy would not load its configuration with the site ${site} in it, so the old container was left running: `,
    );
    expect(stderr).toContain("unrecognized directive: respnd");
    expect(await everything()).toBe(before);
  });

  test("a Caddyfile that someone broke meanwhile is told, though our site stands in it as it shall", async () => {
    await caddy.ensure(site, wanted.text);
    await caddy.write(`${await caddy.read()}broken {\n\trespnd "x"\n}\n`);
    const { code, stderr } = await prepare();
    expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: respnd")]);
    await caddy.write(CADDYFILE);
  });

  test("a host that is not ready is told before anything is pulled", async () => {
    const { code, stdout, stderr } = await prepare({
      requirements: "user no_such_user",
      image: "registry.invalid/it:1",
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("- user no_such_user does not exist on the host\n");
  });
});
