import type { Instance } from "./instance.js";

/**
 * The Caddyfile of the host before the app comes, kept by hand as on a real one: with comments and a spacing of its
 * own, which the app has to leave as they are.
 *
 * Requests to the published ports come from the gateway of one of Caddy's networks (which one, the engine decides), so
 * the gateways are "inside the VPN"; a container on those networks is outside.
 */
export function caddyfile(instance: Instance): string {
  const { domain, frontend, backend, otherSite } = instance;
  return `# Caddy on ${instance.name}. Edited by hand: keep it that way.
{
	local_certs
	skip_install_trust
        email   admin@${domain}
}

# --- snippets ---------------------------------------------------------------

(vpn_only) {
	@outside_vpn   not client_ip ${frontend.gateway} ${backend.gateway}
	error @outside_vpn "VPN only" 403
}


(vpn_error_page) {
	handle_errors {
		@forbidden expression {err.status_code} == 403
		respond @forbidden "Reachable through the VPN only" 403
	}
}

# --- sites ------------------------------------------------------------------

${otherSite} {
	header   Content-Type "text/plain; charset=utf-8"   # spaces on purpose
	respond "hello from ${instance.name}"  200
}
# the end, with no line after it`;
}
