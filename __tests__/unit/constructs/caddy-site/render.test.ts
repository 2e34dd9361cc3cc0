import { describe, expect, test } from "vitest";
import { type CaddySiteText, renderSite } from "../../../../constructs/caddy-site/render.js";

const site: CaddySiteText = {
  host: "noco.example.com",
  upstream: "nocodb:8080",
  imports: ["vpn_only", "vpn_error_page"],
  healthPath: "/api/v1/health",
  hold: 60,
};

describe("the text of a site", () => {
  test("with snippets that restrict it to the VPN", () => {
    expect(renderSite(site)).toBe(`noco.example.com {
	import vpn_only
	import vpn_error_page

	encode zstd gzip {
		match {
			status 200
			header Content-Type application/javascript*
			header Content-Type application/json*
			header Content-Type application/wasm*
			header Content-Type image/svg+xml*
			header Content-Type text/css*
			header Content-Type text/html*
			header Content-Type text/javascript*
		}
	}

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

  test("of a service of a cluster: its tasks are asked by name, and a browser stays with one", () => {
    expect(renderSite({ ...site, tasks: true })).toBe(
      renderSite(site)
        .replace("reverse_proxy nocodb:8080 {", "reverse_proxy {")
        .replace(
          /\t\thealth_uri (?:.*\n\t\thealth_)+status 200\n/,
          "\t\tlb_policy cookie task\n\t\tdynamic a {\n\t\t\tname tasks.nocodb\n\t\t\tport 8080\n\t\t\trefresh 1s\n\t\t}\n",
        ),
    );
  });

  test.each([
    [[], ""],
    [["https://s3.example.com", "wss://*.example.com"], " https://s3.example.com wss://*.example.com"],
  ])("with a policy that allows only itself and %j", (allowedOrigins, more) => {
    const lines = renderSite(site).split("\n");
    const policy = `\t\t+Content-Security-Policy "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:${more}"`;
    lines.splice(lines.indexOf("\t\t-Server"), 0, policy);
    expect(renderSite({ ...site, allowedOrigins }).split("\n")).toEqual(lines);
  });

  test("without snippets begins with the compression", () => {
    const { imports: _, ...open } = site;
    const text = renderSite({ ...open, host: "forms.example.org", upstream: "forms:3000", healthPath: "/ok", hold: 5 });
    expect(text.split("\n").slice(0, 2)).toEqual(["forms.example.org {", "\tencode zstd gzip {"]);
    expect(text).toContain("\treverse_proxy forms:3000 {\n\t\tlb_try_duration 5s\n");
    expect(text).toContain("\n\t\thealth_uri /ok\n");
    expect(renderSite({ ...open, imports: [] })).not.toContain("import");
  });
});
