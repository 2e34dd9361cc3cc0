import type { Instance } from "./instance.js";

/**
 * The host's Caddyfile before the first deploy, as if written by hand: with comments and irregular spacing, which the app
 * must preserve.
 *
 * Requests to the published ports come from the gateway of one of Caddy's networks (the engine decides which one), so the
 * gateways count as inside the VPN; a container on those networks counts as outside. In a cluster they come from the
 * gateway of its machines.
 */
export function caddyfile(instance: Instance): string {
  const { domain, frontend, backend, otherSite, cluster } = instance;
  const gateways = [frontend, backend, ...(cluster ? [cluster.network] : [])].map(({ gateway }) => gateway);
  return `# Caddy on ${instance.name}. Edited by hand: keep it that way.
{
	local_certs
	skip_install_trust
        email   admin@${domain}
}

# --- snippets ---------------------------------------------------------------

(vpn_only) {
	@outside_vpn   not client_ip ${gateways.join(" ")}
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
