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

  test("without snippets begins with the proxy", () => {
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
