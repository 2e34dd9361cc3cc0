/** What a site serves, from which its text is rendered. */
export interface CaddySiteText {
  /** Host name of the site. */
  readonly host: string;
  /** `name:port` on a network that Caddy shares. */
  readonly upstream: string;
  /**
   * Whether the upstream is a service of a cluster, whose tasks Caddy then asks itself. A browser stays with one task,
   * because a websocket belongs to one. @default it is one container
   */
  readonly tasks?: boolean | undefined;
  /** Snippets of the Caddyfile to import. @default none */
  readonly imports?: readonly string[];
  /** Path that answers 200 exactly when the service can be used. */
  readonly healthPath: string;
  /** Seconds a request waits while the service is down; more than its grace period and its start together. */
  readonly hold: number;
  /**
   * Origins that the page in the browser may call besides its own, by a Content-Security-Policy. @default all of them,
   * without a policy
   */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/**
 * Types of the answers that are compressed. `encode` by itself also takes text/*, and Caddy before 2.9 then holds the
 * events of a text/event-stream.
 */
const COMPRESSED = [
  "application/javascript",
  "application/json",
  "application/wasm",
  "image/svg+xml",
  "text/css",
  "text/html",
  "text/javascript",
];

/**
 * The site's block in the Caddyfile.
 *
 * The active health check keeps requests away from a service whose port is open but whose routes do not exist yet. With
 * lb_try_duration, requests wait for it instead of failing (POST, too, since Caddy 2.7). Each request has its own
 * connection (keepalive off): if it cannot be opened, Caddy tries again, whatever the method. A kept connection would
 * delay the stop of the service and break with the request on it. The timeout of the health check is that of a held
 * request: a service that is busy with all the requests that waited for it must not count as down.
 *
 * Only whole answers (200) are compressed, because Caddy 2.11.3 and older would compress a part of a file (206), too.
 * The policy is added to those of the service, and the browser obeys all of them.
 */
export function renderSite(site: CaddySiteText): string {
  const imports = (site.imports ?? []).map((name) => `\timport ${name}\n`).join("");
  const policy =
    site.allowedOrigins === undefined
      ? ""
      : `\t\t+Content-Security-Policy "${contentSecurityPolicy(site.allowedOrigins)}"\n`;
  return `${site.host} {
${imports}${imports && "\n"}\tencode zstd gzip {
		match {
			status 200
${COMPRESSED.map((type) => `\t\t\theader Content-Type ${type}*\n`).join("")}\t\t}
	}

	reverse_proxy ${site.tasks ? "" : `${site.upstream} `}{
		lb_try_duration ${site.hold}s
		lb_try_interval 250ms
${site.tasks ? tasksOf(site.upstream) : healthCheckOf(site)}		transport http {
			keepalive off
		}
	}

	header {
		Strict-Transport-Security "max-age=31536000; includeSubDomains"
		X-Content-Type-Options "nosniff"
		X-Frame-Options "SAMEORIGIN"
${policy}		-Server
	}
}`;
}

function healthCheckOf({ healthPath, hold }: CaddySiteText): string {
  return `\t\thealth_uri ${healthPath}
\t\thealth_interval 1s
\t\thealth_timeout ${hold}s
\t\thealth_status 200
`;
}

/** The engine lists only tasks that are healthy, and removes one 2 s before it stops. */
function tasksOf(upstream: string): string {
  const [name, port] = upstream.split(":");
  return `\t\tlb_policy cookie task
\t\tdynamic a {
\t\t\tname tasks.${name}
\t\t\tport ${port}
\t\t\trefresh 1s
\t\t}
`;
}

/**
 * A policy against calls to third parties, not against injected scripts: pages may run what they contain. 'self' stands
 * for the websockets of the site as well.
 */
function contentSecurityPolicy(allowedOrigins: readonly string[]): string {
  return ["default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:", ...allowedOrigins].join(" ");
}
