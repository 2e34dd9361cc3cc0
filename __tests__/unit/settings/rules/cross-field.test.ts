import { describe, expect, test } from "vitest";
import { complaints, environmentText } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

rejects("memory", (memory) => ({ memory }), [
  ["219M", '"219M": is less than the 220M that NocoDB needs to start; set at least 256M'],
]);
rejects("memoryReservation", (memoryReservation) => ({ memoryReservation }), [
  ["512M", '"512M": must be less than memory (512M); lower it, or raise memory'],
  ["1G", '"1G": must be less than memory (512M); lower it, or raise memory'],
]);

rejects("postgresql.container", (container) => ({ postgresql: { container } }), [
  ["acme_nocodb", '"acme_nocodb": is the container that the app creates; set the host\'s postgresql container'],
]);
rejects("caddy.container", (container) => ({ caddy: { container } }), [
  ["acme_nocodb", '"acme_nocodb": is the container that the app creates; set the host\'s caddy container'],
  ["acme_postgresql", '"acme_postgresql": is also the container of PostgreSQL; set the container that Caddy runs in'],
]);

describe("two keys may not name one network", () => {
  rejects("networks.frontend", (frontend) => ({ networks: { frontend } }), [
    [
      "acme_backend",
      '"acme_backend": is also networks.backend; set both to it if it serves both, or set two different networks',
    ],
    [{ name: "acme_backend", create: {} }, "a mapping: is also networks.backend; set two different networks"],
  ]);
  rejects("networks.monitoring", (monitoring) => ({ networks: { monitoring } }), [
    ["acme_frontend", '"acme_frontend": is also networks.frontend; set two different networks'],
    [{ name: "acme_backend" }, "a mapping: is also networks.backend; set two different networks"],
  ]);

  test("also if one of them has its default name", () => {
    expect(complaints(environmentText({ networks: { backend: "acme_frontend" } }))).toEqual([
      "networks.frontend: is also networks.backend; set both to it if it serves both, or set two different networks",
    ]);
  });

  test("except that one network may serve as backend and frontend", () => {
    expect(complaints(environmentText({ networks: { backend: "web", frontend: { name: "web" } } }))).toEqual([]);
  });
});

rejects("postgresql.role", (name) => ({ postgresql: { role: name, superuser: name } }), [
  [
    "admin",
    '"admin": is the superuser, and the app must not change its password; choose a role only for NocoDB, such as nocodb',
  ],
]);

describe("NODE_OPTIONS", () => {
  const place = "variables.NODE_OPTIONS: (not shown): requests a heap of";
  const tooLarge = "lower --max-old-space-size, raise memory, or remove the line to let the app size it";
  test.each([
    ["--max-old-space-size=200", []],
    ["--trace-warnings", []],
    ["--max-old-space-size=512", [`${place} 512 MiB in a container of 512 MiB; ${tooLarge}`]],
    ["--max_old_space_size 600", [`${place} 600 MiB in a container of 512 MiB; ${tooLarge}`]],
    ["--max-old-space-size=200 --max-old-space-size=999", [`${place} 999 MiB in a container of 512 MiB; ${tooLarge}`]],
    [
      "--max-old-space-size=128",
      [
        `${place} 128 MiB, and NocoDB crashes below 192; raise --max-old-space-size, or remove the line to let the app size it`,
      ],
    ],
  ])("%s", (value, expected) => {
    expect(complaints(environmentText({ variables: { NODE_OPTIONS: value } }))).toEqual(expected);
  });

  test("is compared with the memory that prod has by default with that version", () => {
    const acknowledgements = { "image-below-security-floor": "to see its default" };
    const found = (size: number) => {
      const variables = { NODE_OPTIONS: `--max-old-space-size=${size}` };
      return complaints(environmentText({ image: "nocodb/nocodb:0.301.3", acknowledgements, variables }), {}, "prod");
    };
    expect(found(300)).toEqual([]);
    expect(found(384)).toEqual([`${place} 384 MiB in a container of 384 MiB; ${tooLarge}`]);
  });
});
