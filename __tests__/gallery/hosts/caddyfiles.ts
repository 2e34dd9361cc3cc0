/** Hosts that differ in how their Caddyfile is written and split up. */
import type { GalleryHost } from "../gallery-host.js";
import { base, instance } from "../place.js";

const { domain } = instance;
const OPTIONS = "\tlocal_certs\n\tskip_install_trust\n";

const homelab: GalleryHost = {
  title: "a homelab with several apps, sign-in in front of one, files and redirects",
  caddy: {
    files: {
      Caddyfile: `# my homelab
{
${OPTIONS}	email me@${domain}
	log {
		output file /data/access.log
		format json
	}
}

(lan_only) {
	@public not remote_ip private_ranges
	abort @public
}

(security) {
	header {
		Strict-Transport-Security "max-age=31536000;"
		X-Content-Type-Options nosniff
		-Server
	}
}

jellyfin.${domain} {
	import security
	reverse_proxy jellyfin:8096
}

vault.${domain} {
	import lan_only
	encode zstd gzip
	reverse_proxy /notifications/hub vault:3012
	reverse_proxy vault:80 {
		header_up X-Real-IP {remote_host}
	}
}

grafana.${domain} {
	forward_auth auth:9091 {
		uri /api/verify?rd=https://auth.${domain}
		copy_headers Remote-User Remote-Groups
	}
	reverse_proxy grafana:3000
}

auth.${domain} {
	reverse_proxy auth:9091
}

admin.${domain} {
	basic_auth {
		# admin
		Bob $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG
	}
	reverse_proxy vault:80
}

files.${domain} {
	root * /etc/caddy/www
	file_server
	handle_errors {
		respond "{err.status_code} on {host}"
	}
}

old.${domain}, www.${domain} {
	redir https://files.${domain}{uri} permanent
}
`,
      "www/index.html": "<!doctype html><title>files</title>\n<p>100% of $HOME, `ls` \\n — Zürich</p>\n",
    },
  },
  apps: [
    { name: "jellyfin", port: 8096 },
    { name: "vault", port: 80 },
    { name: "grafana", port: 3000 },
    { name: "auth", port: 9091 },
  ],
  neighbours: [
    { site: "jellyfin" },
    { site: "jellyfin", scheme: "http" },
    { site: "vault" },
    { site: "grafana", path: "/d/1?orgId=1" },
    { site: "auth" },
    { site: "admin" },
    { site: "files" },
    { site: "files", path: "/missing" },
    { site: "old", path: "/a?b=c" },
  ],
  settings: { "caddy.snippets": ["lan_only"] },
};

const wildcard: GalleryHost = {
  title: "one wildcard site with a handle block for each app",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}}

*.${domain} {
	tls internal

	@cloud host cloud.${domain}
	handle @cloud {
		redir /.well-known/carddav /remote.php/dav/ 301
		reverse_proxy cloud:80
	}

	@git host git.${domain}
	handle @git {
		reverse_proxy git:3000
	}

	handle {
		respond "no such app" 404
	}
}
`,
    },
  },
  apps: [
    { name: "cloud", port: 80 },
    { name: "git", port: 3000 },
  ],
  neighbours: [
    { site: "cloud" },
    { site: "cloud", path: "/.well-known/carddav" },
    { site: "git", path: "/user/repo" },
    { site: "anything" },
  ],
};

const directory: GalleryHost = {
  title: "a conf.d with one file for each site, imported into the Caddyfile",
  caddy: {
    files: {
      Caddyfile: `{\n${OPTIONS}}\n\nimport snippets/*\nimport conf.d/*.caddy\n`,
      "snippets/vpn": "(vpn) {\n\t@outside not remote_ip private_ranges\n\terror @outside 403\n}\n",
      "snippets/proxy": `(proxy) {\n\t{args[0]}.${domain} {\n\t\timport vpn\n\t\treverse_proxy {args[1]}\n\t}\n}\n`,
      "conf.d/wiki.caddy": "import proxy wiki wiki:8080\n",
      "conf.d/photos.caddy": "import proxy photos photos:2342\n",
      "conf.d/off.caddy.disabled": "import proxy off off:1\n",
    },
  },
  apps: [
    { name: "wiki", port: 8080 },
    { name: "photos", port: 2342 },
  ],
  neighbours: [{ site: "wiki" }, { site: "photos", path: "/api/v1" }],
  settings: { "caddy.sitesDirectory": `${base}/configs/caddy/conf.d`, "caddy.snippets": ["vpn"] },
};

const environment: GalleryHost = {
  title: "names and addresses from the variables of the container, and CRLF at the ends of lines",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}	email {$EMAIL:nobody@example.com}
}

cloud.{$DOMAIN} {
	reverse_proxy {$CLOUD}
}

{$HELLO_SITES} {
	header X-Motto "{env.MOTTO}"
	respond "hello from {host}" 200
}
`.replaceAll("\n", "\r\n"),
    },
    options: [
      ...["--env", `DOMAIN=${domain}`, "--env", "CLOUD=cloud:80 cloud:80", "--env", "MOTTO=100% $HOME"],
      ...["--env", `HELLO_SITES=hello.${domain}, hi.${domain}`],
    ],
  },
  apps: [{ name: "cloud", port: 80 }],
  neighbours: [{ site: "cloud" }, { site: "hello" }, { site: "hi" }],
};

const onDemand: GalleryHost = {
  title: "a service whose customers bring their own domains: a catch-all site with certificates on demand",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}	on_demand_tls {
		ask http://tenants:5555/check
	}
}

https:// {
	tls {
		on_demand
	}
	reverse_proxy tenants:5555
}

http:// {
	respond "plain" 200
}

app.${domain} {
	reverse_proxy tenants:5555
}
`,
    },
  },
  apps: [{ name: "tenants", port: 5555 }],
  neighbours: [
    { site: "app" },
    { site: "customer" },
    { site: "another-customer" },
    { site: "customer", scheme: "http" },
  ],
};

const linked: GalleryHost = {
  title: "a Caddyfile that is a link into a git checkout, mounted as a single file",
  caddy: {
    files: {
      "checkout/Caddyfile": `{
${OPTIONS}}

blog.${domain} {
	# no newline at the end of this file
	reverse_proxy blog:2368
}`,
      Caddyfile: "-> checkout/Caddyfile",
    },
    mount: "file",
  },
  apps: [{ name: "blog", port: 2368 }],
  neighbours: [{ site: "blog", path: "/2026/11/post" }],
};

const plainNeighbours: GalleryHost = {
  title: "sites in plain HTTP, because a tunnel ends TLS in front of Caddy",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}	auto_https disable_redirects
	servers {
		trusted_proxies static private_ranges
	}
}

http://cloud.${domain} {
	reverse_proxy cloud:80
}

http://cloud.${domain}/admin {
	respond "closed" 403
}

http:// {
	respond "no such site" 404
}
`,
    },
  },
  apps: [{ name: "cloud", port: 80 }],
  neighbours: [
    { site: "cloud", scheme: "http" },
    { site: "cloud", scheme: "http", path: "/admin" },
    { site: "unknown", scheme: "http" },
  ],
};

const ownCertificate: GalleryHost = {
  title: "a wildcard certificate of the owner's in files, and auto_https disable_certs",
  caddy: {
    files: {
      Caddyfile: `{
	auto_https disable_certs
}

(certificate) {
	tls /etc/caddy/certs/wildcard.crt /etc/caddy/certs/wildcard.key
}

mail.${domain} {
	import certificate
	reverse_proxy mail:8025
}

intranet.${domain} {
	import certificate
	respond "intranet"
}
`,
    },
    prepare: `mkdir -p certs; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
      -subj "/CN=$1" -addext "subjectAltName=DNS:*.$1" -keyout certs/wildcard.key -out certs/wildcard.crt 2>/dev/null`,
  },
  apps: [{ name: "mail", port: 8025 }],
  neighbours: [{ site: "mail" }, { site: "intranet" }, { site: "intranet", scheme: "http" }],
};

const loadBalancer: GalleryHost = {
  title: "a Caddy behind a load balancer that speaks the PROXY protocol",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}	servers {
		listener_wrappers {
			proxy_protocol {
				timeout 2s
				allow 10.0.0.0/8
			}
			http_redirect
			tls
		}
		trusted_proxies static private_ranges
		client_ip_headers X-Forwarded-For X-Real-IP
	}
}

cloud.${domain} {
	reverse_proxy cloud:80
}
`,
    },
  },
  apps: [{ name: "cloud", port: 80 }],
  neighbours: [{ site: "cloud" }, { site: "cloud", scheme: "http" }],
};

const hoster: GalleryHost = {
  title: "a hoster with 150 sites, among them names in Unicode, sites at other ports and one at a socket",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}}

import customers/*

xn--bcher-kva.${domain}, bücher-${domain} {
	respond "Bücher"
}

:8081, http://localhost:8082 {
	respond "by port"
}

status.${domain} {
	bind unix//tmp/status.sock
	respond "by socket"
}
`,
      ...Object.fromEntries(
        Array.from({ length: 145 }, (_, number) => [
          `customers/${number}.conf`,
          `${number % 5 === 0 ? "" : "http://"}customer-${number}.${domain} {\n\tlog\n\trespond "customer ${number}"\n}\n`,
        ]),
      ),
    },
  },
  neighbours: [
    { site: "customer-0" },
    { site: "customer-1", scheme: "http" },
    { site: "customer-144", scheme: "http" },
    { site: "xn--bcher-kva" },
  ],
};

export const CADDYFILES: readonly GalleryHost[] = [
  homelab,
  wildcard,
  directory,
  environment,
  onDemand,
  linked,
  plainNeighbours,
  ownCertificate,
  loadBalancer,
  hoster,
];
