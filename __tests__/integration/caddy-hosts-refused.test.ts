import { beforeEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { eventually } from "../../lab/site.js";
import { respond, siteName } from "./caddy.js";
import { caddyHost } from "./caddy-hosts.js";
import { inContainer } from "./containers.js";
import { asRoot } from "./host.js";

// What the plan refuses, so that no deploy stops half-way and none takes a neighbour down.

const site = siteName("a");
const neighbour = siteName("hello");
const options = "{\n\tlocal_certs\n\tskip_install_trust\n}\n";
const hello = `${respond(neighbour, "hello")}\n`;
const text = `${site} {\n\timport vpn_only\n\trespond "one"\n}`;
const snippet = "(vpn_only) {\n\theader Server none\n}\n";

const host = caddyHost("refuses", {
  files: { Caddyfile: options + snippet + hello },
  settings: ["--env", `NOCODB_HOSTNAME=${site}`],
});
const directory = caddyHost("refuses_directory", {
  files: { Caddyfile: `${options + snippet + hello}import sites/*.conf\n`, "sites/other.conf": "" },
  sitesDirectory: "sites",
});

/** Someone has written the Caddyfile and started Caddy. */
async function begin({ write, container }: typeof host, caddyfile: string): Promise<void> {
  await write("Caddyfile", caddyfile);
  await must(["docker", "restart", "--time", "1", container]);
  await eventually(20, () => inContainer(container, ["pidof", "caddy"]));
  await asRoot("sleep 1");
}

beforeEach(() => asRoot('rm -rf "$1"', host.records));

describe("what is wrong with the Caddyfile once our site is in it:", () => {
  const served = `has a site ${site} `;
  test.each([
    ["the site under a placeholder", `${hello}{$NOCODB_HOSTNAME} {\n\trespond "old"\n}\n`, served],
    ["the site in a file that it imports", `${hello}import sites/noco.conf\n`, served],
    [
      "the site made by a snippet",
      `(site) {\n\t{args[0]} {\n\t\trespond "old"\n\t}\n}\n${hello}import site ${site}\n`,
      served,
    ],
    ["a wrapped name", `${hello}${siteName("b")}, \n${site.toUpperCase()} {\n\trespond "old"\n}\n`, served],
    ["no snippet vpn_only", hello, "Define that snippet in the Caddyfile, or correct caddy.snippets"],
    ["one site without braces", `${neighbour}\nrespond "hello"\n`, "Put braces around the site in"],
    ["auto_https off", hello, "leaves the site"],
  ])("%s", async (title, sites, reason) => {
    await host.write("sites/noco.conf", respond(site, "old"));
    const isOff = title === "auto_https off";
    const head = isOff ? options.replace("{\n", "{\n\tauto_https off\n") : options;
    const needed = title === "no snippet vpn_only" || title.includes("without braces") ? "" : snippet;
    await begin(host, head + needed + sites);
    const before = await host.answer(neighbour);
    // Another error would come first.
    const own = title === "one site without braces" ? respond(site, "one") : text;
    expect(await host.plan(site, own)).toContain(reason);
    const { code, stderr } = await host.apply(site, own);
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect([await host.read(), await host.answer(neighbour)]).toEqual([head + needed + sites, before]);
  });

  test("a sites directory that is imported as *.conf; following the advice helps", async () => {
    const said = await directory.plan(site, text);
    expect(said).toContain('add a line like "import /etc/caddy/sites/*.caddy" to it');
    await begin(directory, `${await directory.read()}import /etc/caddy/sites/*.caddy\n`);
    expect(await directory.plan(site, text)).toBe("");
    expect(await directory.apply(site, text)).toMatchObject({ code: 0, stderr: "" });
    expect(await directory.answer(site)).toBe("one 200");
  });
});

describe("a Caddy that runs more than its Caddyfile says:", () => {
  const route = JSON.stringify({
    match: [{ host: [siteName("api")] }],
    handle: [{ handler: "static_response", body: "api" }],
    terminal: true,
  });
  const ways: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      "a route from the admin endpoint",
      () => host.admin("/config/apps/http/servers/srv0/routes", "application/json", route),
      `It serves ${siteName("api")}, which the Caddyfile does not have`,
    ],
    [
      "another Caddyfile that a program has loaded, such as caddy-docker-proxy",
      () => host.admin("/load", "text/caddyfile", `${options + hello + respond(siteName("label"), "label")}\n`),
      `It serves ${siteName("label")}, which the Caddyfile does not have`,
    ],
    [
      "a Caddyfile that was edited and not loaded",
      () => host.write("Caddyfile", `${options + snippet + hello + respond(siteName("new"), "new")}\n`),
      `It does not serve ${siteName("new")}, which the Caddyfile has`,
    ],
    [
      "a Caddyfile whose site was changed and not loaded",
      () => host.write("Caddyfile", options + snippet + hello.replace("`hello`", "`changed`")),
      "They differ in apps.http.servers.srv0.routes.0.",
    ],
  ];

  test.each(ways)("%s; the advice helps", async (_, change, reason) => {
    await begin(host, options + snippet + hello);
    await change();
    expect(await host.plan(site, text)).toContain(reason);
    const { code, stderr } = await host.apply(site, text);
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    const advice = /docker restart \S+/.exec(stderr)?.[0].replace(/\.$/, "") ?? "";
    await must(advice.split(" "));
    await asRoot("sleep 2");
    expect(await host.plan(site, text)).toBe("");
    expect(await host.apply(site, text)).toMatchObject({ code: 0, stderr: "" });
  });

  test("a route that was added after our first deploy is neither lost by a change nor by the removal", async () => {
    await begin(host, options + snippet + hello);
    await host.apply(site, text);
    await host.admin("/config/apps/http/servers/srv0/routes", "application/json", route);
    for (const attempt of [() => host.apply(site, `${text}\n`), () => host.remove(site)]) {
      expect(await attempt()).toMatchObject({ code: 1, stderr: expect.stringContaining(siteName("api")) });
      expect(await host.answer(siteName("hello"))).toBe("hello 200");
    }
  });
});

describe("a Caddy that cannot load another configuration:", () => {
  test("its admin endpoint is off", async () => {
    await begin(host, options.replace("{\n", "{\n\tadmin off\n") + snippet + hello);
    expect(await host.plan(site, text)).toContain("the global option admin off keeps the running Caddy");
  });

  test("its admin endpoint is elsewhere until the next restart", async () => {
    await begin(host, options + snippet + hello);
    await host.write("Caddyfile", options.replace("{\n", "{\n\tadmin localhost:2999\n") + snippet + hello);
    expect(await host.plan(site, text)).toContain("does not answer at localhost:2999");
  });
});

test("a site whose configuration silences a neighbour is taken back, and the neighbour is named", async () => {
  await begin(host, options + snippet + hello);
  expect(await host.apply(site, text)).toMatchObject({ code: 0, stderr: "" });
  // Someone edits the neighbour; our next change would load that.
  const edited = (await host.read()).replace(neighbour, siteName("moved"));
  await host.write("Caddyfile", edited);
  const { code, stderr } = await host.apply(site, text.replace("one", "two"));
  expect([code, stderr]).toEqual([1, expect.stringContaining(`no longer answer: ${neighbour} 443`)]);
  expect([await host.read(), await host.answer(neighbour)]).toEqual([edited, "hello 200"]);
});
