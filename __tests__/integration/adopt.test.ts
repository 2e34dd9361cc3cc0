import { afterEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownName, remove } from "./containers.js";
import { instance, run, scratch } from "./host.js";

const directory = scratch("take_over");
const theirs = ownName("theirs");
const another = ownName("another");
const { postgresql, caddy } = instance.containers;

/** A NocoDB of somebody else's that never ran: what it is, it says by its settings. */
const create = (name: string, env: Readonly<Record<string, string>>) =>
  must([
    ...["docker", "create", "--name", name, "--label", ownedBy(instance), "--network", instance.backend.name],
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    IMAGES.nocodb,
  ]);

const look = (container = "") =>
  run(
    [
      ...["common.sh", "json.sh", "nocodb-api.sh", "block.sh", "caddy.sh", "consumers.sh", "by-hand.sh"],
      ...["consumer-files.sh", "database-requirements.sh", "requirements.sh", "backup.sh"],
      ...["nocodb-by-hand.sh", "taken-over.sh", "take-over.sh"],
    ],
    {
      ...{ really: "no", container, manifest: `${directory}/manifest`, env_file: `${directory}/nocodb.env` },
      ...{ name: theirs, networks: instance.backend.name, environment: "prod", image: IMAGES.nocodb, keep: "3" },
      ...{ database_container: postgresql, superuser: "postgres", database: "it_none", role: "it_none" },
      ...{ backups: `${directory}/backups`, data_directory: `${directory}/data`, taking_over: "yes", text: "" },
      ...{ site: "it.example.com", caddy, caddyfile: instance.caddyfile, sites_directory: "", consumers: "" },
      ...{
        admin_email: "it@example.com",
        jwt_secret: "",
        connection_encrypt_key: "",
        variables: "",
        deploy_user: "deploy",
      },
    },
  );

afterEach(() => remove(theirs, another));

describe("what cannot be taken over is told, with the reason and no secret:", () => {
  const json = (host: string) =>
    JSON.stringify({ client: "pg", connection: { host, user: "me", password: "se'cret", database: "it_none" } });
  const cases: readonly (readonly [cause: string, env: Readonly<Record<string, string>>, seen: string])[] = [
    [
      "the NocoDB that is to be taken over keeps its data in SQLite",
      {},
      `container ${theirs} keeps its database in SQLite`,
    ],
    [
      "the NocoDB that is to be taken over has its database in MySQL",
      { NC_DB: "mysql2://db:3306?u=me&p=se'cret&d=noco" },
      `container ${theirs} keeps its database in mysql2, and only one in PostgreSQL can be taken over`,
    ],
    [
      "the NocoDB that is to be taken over has its database on another server",
      { NC_DB_JSON: json("db.example.com") },
      `container ${theirs} has its database at db.example.com, which is not PostgreSQL's container ${postgresql}`,
    ],
    [
      "the database of the NocoDB that is to be taken over holds none",
      { DATABASE_URL: "postgres://me:se'cret@postgresql:5432/it_none", NC_DB: "pg://elsewhere?u=a&p=b&d=c" },
      `container ${theirs} has its database it_none in container ${postgresql}, and that holds no NocoDB`,
    ],
  ];

  test.each(cases)("%s", async (cause, env, seen) => {
    await create(theirs, env);
    const begun = performance.now();
    const { code, stdout, stderr } = await look();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(seen);
    expect(stderr).not.toContain("se'cret");
    const seconds = (performance.now() - begun) / 1000;
    recordFault({ cause, command: "npm run take-over", seen, seconds, preserved: "nothing was changed" });
  });

  test("that there is none", async () => {
    expect((await look(theirs)).stderr).toMatch(/^there is no NocoDB in a container \S+_theirs on this host/);
  });

  test("that there are several, until it is said which", async () => {
    await create(theirs, {});
    await create(another, {});
    expect((await look()).stderr).toMatch(
      /^there are several NocoDBs .*: \S+ \S+\. Say which: npm run take-over -- prod --container NAME\n$/,
    );
    expect((await look(another)).stderr).toContain(`container ${another} keeps its database in SQLite`);
  });
});

test("an image of NocoDB that runs another program is none, nor is a container of the app's", async () => {
  const own = ["docker", "create", "--label", ownedBy(instance), "--network", instance.backend.name];
  await must([...own, "--name", theirs, "--label", "cdktf.environment=it", IMAGES.nocodb]);
  await must([...own, "--name", another, "--entrypoint", "node", IMAGES.nocodb, "-v"]);
  for (const each of [theirs, another])
    expect((await look(each)).stderr).toContain("there is no NocoDB in a container");
});
