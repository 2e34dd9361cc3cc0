import { NetworkAttachment } from "../../../constructs/network-attachment/network-attachment.js";
import {
  ServiceContainer,
  type ServiceContainerProps,
} from "../../../constructs/service-container/service-container.js";
import { ServiceSecrets } from "../../../constructs/service-secrets/service-secrets.js";
import type { AddressedStack } from "../../../stacks/addressed-stack.js";
import { hostIn, type Synthesized, synthesize } from "./scope.js";

/** Secrets of a service, with the fewest settings. */
export const formsSecrets = {
  directory: "/opt/acme/secrets",
  secrets: [{ name: "TOKEN", policy: "generated", title: "token" }],
  setCommand: "set",
  database: {
    service_kind: "generic",
    database_container: "acme_postgresql",
    superuser: "postgres",
    database: "forms",
  },
} as const;

/** A service with the fewest settings, with other ones over them; its address is `docker_container.forms`. */
export function serviceIn(stack: AddressedStack, over: Partial<ServiceContainerProps> = {}): ServiceContainer {
  const host = over.host ?? hostIn(stack);
  const secrets = new ServiceSecrets(stack, "secrets", { host, ...formsSecrets });
  return new ServiceContainer(stack, "forms", {
    host,
    environmentName: "staging",
    service: "forms",
    name: "acme_forms",
    image: "acme/forms:1.2.3",
    memory: 256,
    memoryReservation: 128,
    cpus: 0.5,
    variables: { PORT: "3000" },
    secrets,
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
