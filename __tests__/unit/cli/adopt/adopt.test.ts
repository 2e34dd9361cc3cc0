import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  const networks = { frontend: "web" };
  host = new NocodbHost({
    prod: { networks, variables: { NC_ROUND: "1", A: "2" }, secrets: ["NC_S3_KEY"] },
    off: { subdomain: "" },
    cluster: { engine: "swarm", swarm: { node: "docker1" } },
    away: { postgresql: { external: { host: "db.example.com", image: "postgres:17" } } },
  });
  host.standIn("npx", "exit 0");
});
afterEach(() => host.remove());

/** What the host finds, how ready it is, and how the adoption ends. */
function answer({ verdict = "ready", found = 0, isReady = true, adopted = 0 } = {}): void {
  host.standIn(
    "ssh",
    `if grep -q "^requirements=" "$sent"; then ${isReady ? `echo '{"unrecorded":""}'` : "exit 1"}
elif grep -q "^confirmed='no'" "$sent"; then echo 'container old: running'; ${found ? `exit ${found}` : `echo ${verdict}`}
else exit ${adopted}; fi`,
  );
}

const confirmed = () => host.calls("ssh").map(({ sent }) => inputIn(sent, "confirmed"));

describe("an adoption", () => {
  test("shows what is there, asks the host as a plan does, adopts, and deploys", async () => {
    answer();
    expect(await host.run(["adopt", "prod", "--container", "old", "--yes"])).toEqual({
      code: 0,
      stdout: "container old: running\nprod is deployed.\n",
      stderr: "",
    });
    expect(confirmed()).toEqual(["no", undefined, "yes"]);
    expect(inputIn(host.calls("ssh")[1]!.sent, "adopting")).toBe("yes");
    expect(host.calls("npx")[0]?.words).toBe("--no-install cdktf deploy prod --auto-approve");
  });

  test("gives the host the environment's settings, and the names of the secrets that it keeps", async () => {
    answer();
    await host.run(["adopt", "prod", "--yes"]);
    const { sent } = host.calls("ssh")[2]!;
    const inputs = [
      "container",
      "name",
      "image_version",
      "networks",
      "variables",
      "grace_period",
      "site",
      "deploy_user",
    ];
    expect(inputs.map((name) => inputIn(sent, name))).toEqual([
      "",
      "acme_nocodb",
      "2026.10.1",
      "acme_backend web",
      "NC_ROUND A",
      "10",
      "noco.example.com",
      "deploy",
    ]);
    expect(inputIn(sent, "release")).toBe("000002026.000000010.000000001.");
    expect(inputIn(sent, "text")).toContain("noco.example.com {");
    expect(["secrets", "pinned_secrets", "env_file"].map((name) => inputIn(sent, name))).toEqual([
      "/opt/acme/configs/nocodb/secrets",
      "NC_CONNECTION_ENCRYPT_KEY",
      "/opt/acme/configs/nocodb/nocodb.env",
    ]);
    expect(
      inputIn(sent, "expected")
        ?.split("\n")
        .map((line) => line.split(" ").slice(0, 2).join(" ")),
    ).toEqual([
      "DATABASE_PASSWORD generated",
      "NC_AUTH_JWT_SECRET generated",
      "NC_ADMIN_PASSWORD generated",
      "NC_CONNECTION_ENCRYPT_KEY pinned",
      "NC_S3_KEY given",
    ]);
  });

  test("that is complete is only deployed", async () => {
    answer({ verdict: "complete" });
    expect(await host.run(["adopt", "prod"])).toMatchObject({ code: 0 });
    expect(confirmed()).toEqual(["no"]);
    expect(host.calls("npx")).toHaveLength(1);
  });

  test.each([
    ["the environment file does not match it", { found: 1 }],
    ["the host is not ready", { isReady: false }],
  ])("is refused if %s, after both were checked", async (_, state) => {
    answer(state);
    expect(await host.run(["adopt", "prod", "--yes"])).toMatchObject({ code: 1, stdout: "container old: running\n" });
    expect([confirmed(), host.calls("npx")]).toEqual([["no", undefined], []]);
  });

  test("that fails is not deployed", async () => {
    answer({ adopted: 1 });
    expect(await host.run(["adopt", "prod", "--yes"])).toMatchObject({ code: 1 });
    expect(host.calls("npx")).toEqual([]);
  });

  test("without a terminal shows what is there, names --yes, and changes nothing", async () => {
    answer();
    expect(await host.run(["adopt", "prod"])).toEqual({
      code: 64,
      stdout: "container old: running\n",
      stderr:
        "Stopped, because there is no terminal to ask on: Adopt it on docker.example.com? Add --yes to answer yes.\n",
    });
    expect([confirmed(), host.calls("npx")]).toEqual([["no", undefined], []]);
  });

  test("of a database that is not in a container of the host is refused", async () => {
    answer();
    const { code, stderr } = await host.run(["adopt", "away", "--yes"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^postgresql\.external: only a NocoDB whose database is in a/),
    ]);
    expect(host.calls("ssh")).toEqual([]);
  });

  test("into a cluster is refused, because a container takes over", async () => {
    answer();
    const { code, stderr } = await host.run(["adopt", "cluster", "--yes"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^engine: swarm: .*set engine: container, adopt/)]);
    expect(host.calls("ssh")).toEqual([]);
  });

  test.each([[[]], [["--revert"]]])("of a disabled NocoDB is refused %j", async (words) => {
    answer();
    expect(await host.run(["adopt", "off", "--yes", ...words])).toEqual({
      code: 1,
      stdout: "",
      stderr: 'subdomain: "": NocoDB would have no site; set it to the subdomain that the old NocoDB has\n',
    });
  });
});

describe("a revert", () => {
  test("runs on the host, without a deploy", async () => {
    answer();
    expect(await host.run(["adopt", "prod", "--revert", "--yes"])).toEqual({ code: 0, stdout: "", stderr: "" });
    const { sent } = host.calls("ssh")[0]!;
    expect(sent).toContain("# Reverts an adoption.");
    expect(["name", "environment", "site", "secrets"].map((name) => inputIn(sent, name))).toEqual([
      "acme_nocodb",
      "prod",
      "noco.example.com",
      "/opt/acme/configs/nocodb/secrets",
    ]);
    expect([host.calls("ssh").length, host.calls("npx")]).toEqual([1, []]);
  });

  test("asks first", async () => {
    answer();
    const { code, stderr } = await host.run(["adopt", "prod", "--revert"]);
    expect([code, host.calls("ssh")]).toEqual([64, []]);
    expect(stderr).toContain("Revert the adoption on docker.example.com? Add --yes");
  });

  test("of one container is a usage error: there is only one adoption", async () => {
    expect(await host.run(["adopt", "prod", "--revert", "--container", "old"])).toMatchObject({ code: 64 });
  });
});
