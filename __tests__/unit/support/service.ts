import { HostFile } from "../../../constructs/host-file/host-file.js";
import { NetworkAttachment } from "../../../constructs/network-attachment/network-attachment.js";
import { ContainerVariables } from "../../../constructs/service-container/container-variables.js";
import {
  ServiceContainer,
  type ServiceContainerProps,
} from "../../../constructs/service-container/service-container.js";
import type { AddressedStack } from "../../../stacks/addressed-stack.js";
import { hostIn, type Synthesized, secretIn, synthesize } from "./scope.js";

/** A service with the fewest settings, with other ones over them; its address is `docker_container.forms`. */
export function serviceIn(stack: AddressedStack, over: Partial<ServiceContainerProps> = {}): ServiceContainer {
  const host = over.host ?? hostIn(stack);
  const variables = new ContainerVariables(stack, "variables", { PORT: "3000", TOKEN: secretIn(stack) });
  const content = variables.asFile();
  return new ServiceContainer(stack, "forms", {
    host,
    environmentName: "staging",
    service: "forms",
    name: "acme_forms",
    image: "acme/forms:1.2.3",
    memory: 256,
    memoryReservation: 128,
    cpus: 0.5,
    variables,
    environmentFile: new HostFile(stack, "env_file", { host, path: "/opt/acme/forms.env", owner: "deploy", content }),
    volumes: [{ hostPath: "/opt/acme/data", containerPath: "/data" }],
    networks: [new NetworkAttachment(stack, "network", { host, name: "acme_backend", aliases: ["forms"] })],
    healthCheck: { command: "curl -f localhost:3000", interval: 30, timeout: 10, retries: 5, startPeriod: 60 },
    healthUrl: "http://forms:3000/health",
    ...over,
  });
}

export function service(over: Partial<ServiceContainerProps> = {}): Synthesized {
  return synthesize((stack) => void serviceIn(stack, over));
}
