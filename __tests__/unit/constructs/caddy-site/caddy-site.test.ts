import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import {
  type CaddyConfiguration,
  CaddySite,
  CaddySiteRemoval,
  type CaddySiteRemovalProps,
  type CaddySiteText,
  renderSite,
  siteInput,
} from "../../../../constructs/caddy-site/caddy-site.js";
import { block, hostIn, localExec, requirements, scriptsOf, synthesize, triggers } from "../../support/scope.js";

const caddy: CaddyConfiguration = { container: "acme_caddy", caddyfile: "/opt/acme/Caddyfile" };
const site: CaddySiteText = {
  host: "noco.example.com",
  upstream: "nocodb:8080",
  imports: ["vpn_only", "vpn_error_page"],
  healthPath: "/api/v1/health",
  hold: 60,
};

describe("the text of a site", () => {
  test("for the VPN only", () => {
    expect(renderSite(site)).toBe(`noco.example.com {
	import vpn_only
	import vpn_error_page

	reverse_proxy nocodb:8080 {
		lb_try_duration 60s
		lb_try_interval 250ms
		health_uri /api/v1/health
		health_interval 1s
		health_timeout 60s
		health_status 200
		transport http {
			keepalive off
		}
	}

	header {
		Strict-Transport-Security "max-age=31536000; includeSubDomains"
		X-Content-Type-Options "nosniff"
		X-Frame-Options "SAMEORIGIN"
		-Server
	}
}`);
  });

  test("for everybody begins with the proxy", () => {
    const { imports: _, ...open } = site;
    const text = renderSite({ ...open, host: "forms.example.org", upstream: "forms:3000", healthPath: "/ok", hold: 5 });
    expect(text.split("\n").slice(0, 4)).toEqual([
      "forms.example.org {",
      "\treverse_proxy forms:3000 {",
      "\t\tlb_try_duration 5s",
      "\t\tlb_try_interval 250ms",
    ]);
    expect(text).toContain("\n\t\thealth_uri /ok\n");
    expect(renderSite({ ...open, imports: [] })).not.toContain("import");
  });
});

describe("a site", () => {
  const sited = (over: Partial<CaddyConfiguration> = {}, text: Partial<CaddySiteText> = {}) =>
    synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      const props = { host: hostIn(stack), caddy: { ...caddy, ...over }, site: { ...site, ...text }, dependsOn };
      new CaddySite(stack, "site", props);
    });

  test("stands in the plan as it will stand in Caddy", () => {
    expect(triggers(sited(), "site")).toEqual({
      caddy: "acme_caddy",
      caddyfile: "/opt/acme/Caddyfile",
      sites_directory: "",
      site: "noco.example.com",
      text: renderSite(site),
      observed: '${lookup(data.external.host_observed.result, "site", data.external.host_observed.result.unrecorded)}',
    });
  });

  test("goes into a file of its own where the Caddyfile imports a directory", () => {
    const json = sited({ sitesDirectory: "/opt/acme/sites" });
    expect(triggers(json, "site").sites_directory).toBe("/opt/acme/sites");
    expect(requirements(json)).toContain("caddy acme_caddy /opt/acme/Caddyfile /opt/acme/sites");
  });

  test("has its Caddy and what its script needs looked at before anything is changed", () => {
    expect(requirements(sited())).toEqual([
      "docker",
      "caddy acme_caddy /opt/acme/Caddyfile",
      "free_site noco.example.com /opt/acme/Caddyfile",
      "command flock util-linux",
    ]);
  });

  test("comes after its service", () => {
    expect(block(sited(), "null_resource.site").depends_on).toContain("null_resource.container");
  });

  test("is never taken away by what writes it", () => {
    const { command, when } = localExec(sited(), "site");
    expect(scriptsOf(command)).toEqual(["common.sh", "block.sh", "caddy.sh", "ensure-site.sh"]);
    expect(when).toBeUndefined();
  });

  test("may hold a Caddy placeholder: Terraform does not take it for a template", () => {
    const { text } = triggers(sited({}, { healthPath: "/%{x}" }), "site");
    expect(text).toContain("health_uri /%%{x}");
  });

  test("is told to the guard in the same words", () => {
    const { observed: _, ...input } = triggers(sited(), "site");
    expect(siteInput(caddy, site)).toEqual(input);
  });
});

describe("the removal of sites", () => {
  const removal = (over: Partial<CaddySiteRemovalProps> = {}) =>
    synthesize((stack) => {
      new CaddySiteRemoval(stack, "removal", { host: hostIn(stack), caddy, sites: ["noco.example.com"], ...over });
    });

  test("knows which site and where it is, and nothing that may change while the site stays", () => {
    expect(triggers(removal(), "removal")).toEqual({
      caddy: "acme_caddy",
      caddyfile: "/opt/acme/Caddyfile",
      sites_directory: "",
      site: "${each.key}",
    });
  });

  test("takes a path as it is", () => {
    expect(triggers(removal({ caddy: { ...caddy, caddyfile: "/opt/%{x}" } }), "removal").caddyfile).toBe("/opt/%%{x}");
  });

  test("runs on destroy only, with nothing but what it knew when the site came", () => {
    const { command, environment, when } = localExec(removal(), "removal");
    expect(when).toBe("destroy");
    expect(scriptsOf(command)).toEqual(["common.sh", "block.sh", "caddy.sh", "remove-site.sh"]);
    expect(environment).toEqual({
      INPUT_manifest: "/opt/acme/manifest",
      INPUT_caddy: "${self.triggers.caddy}",
      INPUT_caddyfile: "${self.triggers.caddyfile}",
      INPUT_sites_directory: "${self.triggers.sites_directory}",
      INPUT_site: "${self.triggers.site}",
    });
  });

  test("has one instance a site, and stays with none: a block that is gone runs nothing on destroy", () => {
    expect(block(removal({ sites: ["a.org", "b.org"] }), "null_resource.removal").for_each).toEqual({
      "a.org": "a.org",
      "b.org": "b.org",
    });
    expect(block(removal({ sites: [] }), "null_resource.removal").for_each).toEqual({});
  });

  test("comes before the service goes", () => {
    const json = synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      new CaddySiteRemoval(stack, "removal", { host: hostIn(stack), caddy, sites: [], dependsOn });
    });
    expect(block(json, "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
  });
});
