import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { hostFacts } from "../../cli/init/host-facts.js";
import { run as command, must } from "../../lab/command.js";
import { ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { ownName, remove } from "./containers.js";
import { connection, instance, run } from "./host.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const environments = mkdtempSync(join(tmpdir(), "environments-"));
const theirs = ownName("theirs");
afterAll(async () => {
  rmSync(environments, { recursive: true });
  await remove(theirs);
});

const host = (...words: string[]) =>
  command([process.execPath, "bin/nocodb-host.mjs", ...words], {
    cwd: root,
    env: { NOCODB_ENVIRONMENTS: environments },
  });

test("init writes a valid file for this host, from what it finds there", async () => {
  const { port, identityFile, knownHosts } = connection;
  const flags = {
    "ssh-host": connection.host,
    "ssh-port": port,
    "identity-file": identityFile,
    "known-hosts": knownHosts,
  };
  const words = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const { code, stdout } = await host("init", "mine", ...words);
  expect([code, stdout]).toEqual([0, expect.stringContaining("next: npx nocodb-host validate mine, then ")]);
  const { containers, name, domain, ports, baseDirectory } = instance;
  const written = parse(readFileSync(join(environments, "mine.yaml"), "utf8"));
  expect(written).toMatchObject({
    ...{ project: name, domain, baseDirectory },
    caddy: { caddyfile: instance.caddyfile, publicPort: ports.https },
    consumers: { n8n: { bases: { Production: "creator" } }, openclaw: {} },
  });
  // The usual names of the project are defaults.
  expect([written.postgresql, written.networks, containers.postgresql]).toEqual([
    undefined,
    undefined,
    `${name}_postgresql`,
  ]);
  expect(await host("validate", "mine")).toMatchObject({ code: 0, stderr: "" });
});

test("the look at the host finds a NocoDB that the app did not create, with its database and site, and no secret", async () => {
  const env = { NC_DB: "pg://postgresql:5432?u=me&p=se'cret&d=films", NC_PUBLIC_URL: "https://plan.films.org" };
  await must([
    ...["docker", "create", "--name", theirs, "--label", ownedBy(instance), "--network", instance.backend.name],
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    IMAGES.nocodb,
  ]);
  const { code, stdout, stderr } = await run("init/inspect", {});
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).not.toContain("cret");
  const facts = hostFacts(stdout);
  expect(facts.unmanaged.find(({ container }) => container === theirs)).toEqual({
    ...{ container: theirs, database: "films", url: "https://plan.films.org" },
    ...{ version: undefined, email: undefined },
  });
  expect(facts.postgresql.find(({ container }) => container === instance.containers.postgresql)).toMatchObject({
    ...{ superuser: "postgres", isOpen: true },
    networks: { [instance.backend.name]: expect.arrayContaining(["postgresql"]) },
  });
});
