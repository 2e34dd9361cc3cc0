/** Hosts that differ in how the containers of Caddy run, and on which networks. */
import type { GalleryHost } from "../gallery-host.js";
import { instance, named, PUBLISHED } from "../place.js";

const { domain } = instance;
const OPTIONS = "\tlocal_certs\n\tskip_install_trust\n";
const FILES = { Caddyfile: `{\n${OPTIONS}}\n\ncloud.${domain} {\n\treverse_proxy cloud:80\n}\n` };
const OF_USER = "uid=1000,gid=1000,mode=0700";

const hardened: GalleryHost = {
  title: "a hardened Caddy: read-only, without capabilities, not root, on ports of its own",
  caddy: {
    files: { Caddyfile: FILES.Caddyfile.replace("{\n", "{\n\thttp_port 8080\n\thttps_port 8443\n") },
    mount: "read-only directory",
    options: [
      ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "1000:1000"],
      ...["--tmpfs", `/data:${OF_USER}`, "--tmpfs", `/config:${OF_USER}`, "--memory", "128m", "--pids-limit", "100"],
    ],
    ports: { http: 8080, https: 8443 },
  },
  apps: [{ name: "cloud", port: 80 }],
  neighbours: [{ site: "cloud" }, { site: "cloud", scheme: "http" }],
};

const compose: GalleryHost = {
  title: "a compose project with one network for everything",
  caddy: {
    files: {
      Caddyfile: `{
${OPTIONS}	admin 0.0.0.0:2019
}

shop.${domain} {
	handle_path /api/* {
		reverse_proxy api:8000
	}
	handle {
		root * /etc/caddy/site
		try_files {path} /index.html
		file_server
	}
}
`,
      "site/index.html": "<!doctype html><title>shop</title>\n",
    },
    container: "-caddy-1",
    network: instance.backend.name,
    // The lab's backend is internal, and Docker publishes no port for a container that is only there.
    furtherNetworks: [named("_gallery_edge")],
    command: "exec caddy run --watch --config /etc/caddy/Caddyfile",
  },
  apps: [{ name: "api", port: 8000, network: instance.backend.name }],
  neighbours: [{ site: "shop" }, { site: "shop", path: "/api/orders?page=2" }],
  networks: ["_gallery_edge"],
  settings: { networks: { backend: instance.backend.name, frontend: instance.backend.name } },
};

const sidecar: GalleryHost = {
  title: "Caddy in the network of another container, as beside Tailscale",
  caddy: {
    files: FILES,
    network: `container:${named("_gallery_tailscale")}`,
    isPublished: false,
  },
  apps: [
    {
      name: "tailscale",
      port: 9002,
      options: [...["--publish", `127.0.0.1:${PUBLISHED.http}:80`, "--publish", `127.0.0.1:${PUBLISHED.https}:443`]],
    },
    { name: "cloud", port: 80 },
  ],
  neighbours: [{ site: "cloud" }, { site: "cloud", scheme: "http" }],
};

const socket: GalleryHost = {
  title: "an admin endpoint at a unix socket, so that no other container can reach it",
  caddy: {
    files: { Caddyfile: FILES.Caddyfile.replace("{\n", "{\n\tadmin unix//run/caddy/admin.sock\n") },
    options: ["--tmpfs", "/run/caddy"],
  },
  apps: [{ name: "cloud", port: 80 }],
  neighbours: [{ site: "cloud" }],
  seesProcesses: true,
};

export const CONTAINERS: readonly GalleryHost[] = [hardened, compose, sidecar, socket];
