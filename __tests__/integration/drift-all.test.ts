import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { run as command } from "../../lab/command.js";
import { environmentText } from "../unit/support/environment-text.js";
import { asRoot, connection, run, scratch } from "./host.js";

const directory = scratch("drift_all");
const environments = mkdtempSync(path.join(tmpdir(), "drift-all-"));
afterAll(() => rmSync(environments, { recursive: true }));

/** Describes an environment of its own. @returns the place of its records */
function describeEnvironment(project: string, port = connection.port): string {
  const baseDirectory = `${directory}/${project}`;
  const own = { postgresql: { database: project, role: project }, subdomain: project, alias: project };
  const text = environmentText({ project, baseDirectory, ssh: { ...connection, port }, ...own });
  writeFileSync(path.join(environments, `${project}.yaml`), text);
  return `${baseDirectory}/configs/nocodb/records`;
}

const checkAll = () => {
  return command(["node", "bin/nocodb-host.mjs", "drift", "--all"], { env: { NOCODB_ENVIRONMENTS: environments } });
};

test("the hosts of all environments are checked, and each has its line", async () => {
  for (const project of ["drifted", "same"]) {
    const input = { key: "a_directory", status: "new", owner: "deploy", mode: "0755" };
    const records = describeEnvironment(project);
    expect(
      await run("host-directory/apply", { ...input, records, path: `${directory}/${project}/data` }),
    ).toMatchObject({ code: 0 });
  }
  await asRoot('chmod 0700 "$1"', `${directory}/drifted/data`);
  const host = `deploy@127.0.0.1:${connection.port}`;
  const reached = `drifted: ${host}: 1 difference\nsame: ${host}: in step\n`;
  expect(await checkAll()).toMatchObject({ code: 2, stdout: reached, stderr: "" });

  describeEnvironment("unreached", 1);
  const { code, stdout } = await checkAll();
  expect(code).toBe(1);
  expect(stdout).toBe(
    `${reached}unreached: deploy@127.0.0.1:1: unreachable: ssh: connect to host 127.0.0.1 port 1: Connection refused\n`,
  );
});
