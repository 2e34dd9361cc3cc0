import { execFileSync } from "node:child_process";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import {
  type CaddyConfiguration,
  CaddySite,
  CaddySiteRemoval,
  type CaddySiteRemovalProps,
} from "../../../../constructs/caddy-site/caddy-site.js";
import { type CaddySiteText, renderSite } from "../../../../constructs/caddy-site/render.js";
import {
  block,
  hostIn,
  localExec,
  programOf,
  requirements,
  statusOf,
  synthesize,
  triggers,
} from "../../support/scope.js";

const caddy: CaddyConfiguration = { container: "acme_caddy", caddyfile: "/opt/acme/Caddyfile" };
const site: CaddySiteText = {
  host: "noco.example.com",
  upstream: "nocodb:8080",
  imports: ["vpn_only", "vpn_error_page"],
  healthPath: "/api/v1/health",
  hold: 60,
};

describe("a site", () => {
  const sited = (over: Partial<CaddyConfiguration> = {}, text: Partial<CaddySiteText> = {}) =>
    synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      const props = { host: hostIn(stack), caddy: { ...caddy, ...over }, site: { ...site, ...text }, dependsOn };
      new CaddySite(stack, "site", props);
    });

  test("is in the plan with the text that Caddy gets", () => {
    expect(triggers(sited(), "site")).toEqual({
      caddy: "acme_caddy",
      caddyfile: "/opt/acme/Caddyfile",
      sites_directory: "",
      site: "noco.example.com",
      text: renderSite(site),
      status: statusOf("site"),
    });
  });

  test("goes into a file of its own if the Caddyfile imports a directory", () => {
    const json = sited({ sitesDirectory: "/opt/acme/sites" });
    expect(triggers(json, "site").sites_directory).toBe("/opt/acme/sites");
    expect(requirements(json)).toContain("caddy acme_caddy /opt/acme/Caddyfile /opt/acme/sites");
  });

  test("requires its Caddy and the commands of its program before anything is changed", () => {
    expect(requirements(sited())).toEqual([
      "docker",
      "caddy acme_caddy /opt/acme/Caddyfile",
      "free_site noco.example.com /opt/acme/Caddyfile",
      expect.stringMatching(
        /^loadable_site acme_caddy \/opt\/acme\/Caddyfile noco\.example\.com noco\.example\.com\\0040\{\\n\S+$/,
      ),
      "command flock util-linux",
      "command curl curl",
    ]);
  });

  test("has its text in a requirement, as one word that printf %b makes the text of", () => {
    const word = CaddySite.oneWord('a {\n\tb "c\\d" {$E}\n}');
    expect(word).not.toMatch(/\s/);
    expect(execFileSync("/bin/sh", ["-c", 'printf %b "$1"', "sh", word], { encoding: "utf8" })).toBe(
      'a {\n\tb "c\\d" {$E}\n}',
    );
  });

  test("comes after its service", () => {
    expect(block(sited(), "null_resource.site").depends_on).toContain("null_resource.container");
  });

  test("is never removed by the step that writes it", () => {
    const { command, when } = localExec(sited(), "site");
    expect(programOf(command)).toBe("caddy-site/apply");
    expect(when).toBeUndefined();
  });

  test("may hold a Caddy placeholder, which Terraform does not parse as a template", () => {
    const { text } = triggers(sited({}, { healthPath: "/%{x}" }), "site");
    expect(text).toContain("health_uri /%%{x}");
  });
});

describe("the removal of sites", () => {
  const removal = (over: Partial<CaddySiteRemovalProps> = {}) =>
    synthesize((stack) => {
      new CaddySiteRemoval(stack, "removal", { host: hostIn(stack), caddy, sites: ["noco.example.com"], ...over });
    });

  test("has the site and its place as triggers, and nothing that may change while the site stays", () => {
    expect(triggers(removal(), "removal")).toEqual({
      caddy: "acme_caddy",
      caddyfile: "/opt/acme/Caddyfile",
      sites_directory: "",
      site: "${each.key}",
    });
  });

  test("takes a path literally", () => {
    expect(triggers(removal({ caddy: { ...caddy, caddyfile: "/opt/%{x}" } }), "removal").caddyfile).toBe("/opt/%%{x}");
  });

  test("runs on destroy only, with nothing but its triggers", () => {
    const { command, environment, when } = localExec(removal(), "removal");
    expect(when).toBe("destroy");
    expect(programOf(command)).toBe("caddy-site/remove");
    expect(environment).toEqual({
      INPUT_records: "/opt/acme/records",
      INPUT_caddy: "${self.triggers.caddy}",
      INPUT_caddyfile: "${self.triggers.caddyfile}",
      INPUT_sites_directory: "${self.triggers.sites_directory}",
      INPUT_site: "${self.triggers.site}",
    });
  });

  test("has one instance per site, and stays without any: Terraform runs nothing for a block that is gone", () => {
    expect(block(removal({ sites: ["a.org", "b.org"] }), "null_resource.removal").for_each).toEqual({
      "a.org": "a.org",
      "b.org": "b.org",
    });
    expect(block(removal({ sites: [] }), "null_resource.removal").for_each).toEqual({});
  });

  test("runs before the service is destroyed", () => {
    const json = synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      new CaddySiteRemoval(stack, "removal", { host: hostIn(stack), caddy, sites: [], dependsOn });
    });
    expect(block(json, "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
  });
});
