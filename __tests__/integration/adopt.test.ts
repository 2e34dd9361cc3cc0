import { afterEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownName, remove } from "./containers.js";
import { instance, run, scratch } from "./host.js";

const directory = scratch("adopt");
const theirs = ownName("theirs");
const another = ownName("another");
const { postgresql, caddy } = instance.containers;

/** A NocoDB that the app did not create and that never ran: its settings say what it is. */
const create = (name: string, env: Readonly<Record<string, string>>) =>
  must([
    ...["docker", "create", "--name", name, "--label", ownedBy(instance), "--network", instance.backend.name],
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    IMAGES.nocodb,
  ]);

/** Inspects a container, and changes nothing. */
const inspect = (container = "") =>
  run("adopt/apply", {
    ...{ confirmed: "no", adopting: "yes", container, records: `${directory}/records`, name: theirs },
    ...{ environment: "prod", networks: instance.backend.name, env_file: `${directory}/nocodb.env`, keep: "3" },
    ...{ image: IMAGES.nocodb, release: "", image_version: "0.301.3", service: "nocodb", service_kind: "nocodb" },
    ...{ database_container: postgresql, superuser: "postgres", database: "it_none", role: "it_none" },
    ...{ backups: `${directory}/backups`, data_directory: `${directory}/data`, text: "", grace_period: "10" },
    ...{ site: "it.example.com", caddy, caddyfile: instance.caddyfile, sites_directory: "", consumers: "" },
    ...{ admin_email: "it@example.com", jwt_secret: "", connection_encrypt_key: "", variables: "" },
    deploy_user: "deploy",
  });

afterEach(() => remove(theirs, another));

describe("a NocoDB that cannot be adopted is reported with the reason and no secret:", () => {
  const json = (host: string) =>
    JSON.stringify({ client: "pg", connection: { host, user: "me", password: "se'cret", database: "it_none" } });
  const cases: readonly (readonly [cause: string, env: Readonly<Record<string, string>>, seen: string])[] = [
    ["the NocoDB to be adopted keeps its data in SQLite", {}, `container ${theirs} keeps its database in SQLite`],
    [
      "the NocoDB to be adopted has its database in MySQL",
      { NC_DB: "mysql2://db:3306?u=me&p=se'cret&d=noco" },
      `container ${theirs} keeps its database in mysql2, and only one in PostgreSQL can be adopted`,
    ],
    [
      "the NocoDB to be adopted has its database on another server",
      { NC_DB_JSON: json("db.example.com") },
      `container ${theirs} has its database at db.example.com, which is not container ${postgresql} on a network that both share`,
    ],
    [
      "the database of the NocoDB to be adopted is empty",
      { DATABASE_URL: "postgres://me:se'cret@postgresql:5432/it_none", NC_DB: "pg://elsewhere?u=a&p=b&d=c" },
      `container ${theirs} has its database it_none in container ${postgresql}, which holds no NocoDB`,
    ],
  ];

  test.each(cases)("%s", async (cause, env, seen) => {
    await create(theirs, env);
    const begun = performance.now();
    const { code, stdout, stderr } = await inspect();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(seen);
    expect(stderr).not.toContain("se'cret");
    const seconds = (performance.now() - begun) / 1000;
    recordFault({ cause, command: "npx nocodb-host adopt", seen, seconds, preserved: "everything" });
  });

  test("none on the host", async () => {
    expect((await inspect(theirs)).stderr).toMatch(
      /^this host has no NocoDB in a container \S+_theirs that this app did not create\./,
    );
  });

  test("several, until one is chosen", async () => {
    await create(theirs, {});
    await create(another, {});
    expect((await inspect()).stderr).toMatch(
      /^this host has several NocoDBs .*: \S+ \S+\. Choose one: npx nocodb-host adopt prod --container NAME\n$/,
    );
    expect((await inspect(another)).stderr).toContain(`container ${another} keeps its database in SQLite`);
  });
});

test("a container that runs another program with NocoDB's image is not a NocoDB, and the app's own container is not adopted", async () => {
  const own = ["docker", "create", "--label", ownedBy(instance), "--network", instance.backend.name];
  await must([...own, "--name", theirs, "--label", "cdktf.environment=it", IMAGES.nocodb]);
  await must([...own, "--name", another, "--entrypoint", "node", IMAGES.nocodb, "-v"]);
  for (const each of [theirs, another])
    expect((await inspect(each)).stderr).toContain("this host has no NocoDB in a container");
});
