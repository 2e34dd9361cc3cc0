export interface CaddySiteText {
  /** Host name of the site. */
  readonly host: string;
  /** `name:port` on a network that Caddy shares. */
  readonly upstream: string;
  /** Snippets of the Caddyfile to import. @default none */
  readonly imports?: readonly string[];
  /** Path that answers 200 exactly when the service can be used. */
  readonly healthPath: string;
  /** Seconds a request waits while the service is down; more than its grace period and its start together. */
  readonly hold: number;
}

/**
 * The site's block in the Caddyfile.
 *
 * The active health check keeps requests away from a service whose port is open but whose routes do not exist yet. With
 * lb_try_duration, requests wait for it instead of failing (POST, too, since Caddy 2.7). Each request has its own
 * connection (keepalive off): if it cannot be opened, Caddy tries again, whatever the method. A kept connection would
 * delay the stop of the service and break with the request on it. The timeout of the health check is that of a held
 * request: a service that is busy with all the requests that waited for it must not count as down.
 */
export function renderSite(site: CaddySiteText): string {
  const imports = (site.imports ?? []).map((name) => `\timport ${name}\n`).join("");
  return `${site.host} {
${imports}${imports && "\n"}\treverse_proxy ${site.upstream} {
		lb_try_duration ${site.hold}s
		lb_try_interval 250ms
		health_uri ${site.healthPath}
		health_interval 1s
		health_timeout ${site.hold}s
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
}`;
}
