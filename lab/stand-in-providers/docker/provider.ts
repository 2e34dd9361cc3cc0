import { Problem, type Provider } from "../protocol/provider.js";
import { list, optional } from "../protocol/schema.js";
import { container } from "./container.js";
import { Engine } from "./engine.js";
import { image } from "./image.js";
import { network, networkData } from "./network.js";

/** kreuzwerker/docker, driving an engine behind SSH. */
export const dockerProvider: Provider<Engine> = {
  block: {
    attributes: {
      host: optional("string", { check: checkHost }),
      ssh_opts: optional(list("string")),
    },
    refused: [
      "ca_material",
      "cert_material",
      "cert_path",
      "context",
      "disable_docker_daemon_check",
      "key_material",
      "registry_auth",
    ],
  },
  configure(config, stopped) {
    const wrong = checkHost(config.host ?? "");
    if (wrong) throw new Problem(wrong, "", ["host"]);
    return new Engine(config.host, config.ssh_opts ?? [], stopped);
  },
  resources: { docker_container: container, docker_image: image, docker_network: network },
  dataSources: { docker_network: networkData },
};

function checkHost(host: string): string | undefined {
  if (/^ssh:\/\/[^/?#]+\/?$/.test(host) && URL.canParse(host) && !new URL(host).password) return undefined;
  return `stand-in provider: host "${host}" must be ssh://USER@HOST:PORT, without a password or a path`;
}
