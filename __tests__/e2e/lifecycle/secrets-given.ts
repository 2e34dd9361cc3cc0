import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inContainer } from "../../../lab/docker.js";
import { recordFault } from "../../fault.js";
import type { Inspected } from "../host.js";
import {
  apply,
  deployment,
  expectEmptyPlan,
  failingDeploy,
  health,
  host,
  instance,
  learnSecrets,
  secrets,
} from "../lifecycle.js";
import { inspectedContainers } from "../secrets.js";

const NAME = "NC_SMTP_PASSWORD";
const VALUE = "smtpSet4711Begin '\"$HOME\\ &%#{}~é smtpSet4711End";

/** The variable in NocoDB's container, as Node.js sees it there. */
const inProcess = () => inContainer(instance.containers.nocodb, ["node", "-p", `process.env.${NAME}`]);

describe("secrets that the plan requires", () => {
  let before: Inspected;

  beforeAll(async () => {
    before = (await host.container())!;
  });

  /** A deploy that is refused with these words, and changes nothing on the host. */
  async function expectRefused(cause: string, words: string): Promise<void> {
    const everything = await host.everything();
    const { line, said, seconds } = await failingDeploy();
    expect(line).toContain(words);
    expect(secrets.foundIn(said)).toEqual([]);
    expect(await host.everything()).toBe(everything);
    expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    expect(await health()).toBe(200);
    recordFault({
      ...{ cause, command: "plan", seen: words, seconds },
      preserved: "the old container serves, the same one; everything on the host",
    });
  }

  describe("one that the environment file lists", () => {
    it("stops the plan if the host has no value for it, with the command that sets one", async () => {
      await deployment.set({ secrets: [NAME] });
      const command = `npx nocodb-host secret set ${deployment.name} ${NAME}`;
      const words = `secrets: the host has no value for ${NAME}: set it with \`${command}\``;
      await expectRefused("a secret that the environment file lists has no value", words);
    });

    it("is in the container's process after it was set, and Docker does not know it", async () => {
      expect(await deployment.setSecret(NAME, VALUE)).toMatchObject({ code: 0, stderr: "" });
      await learnSecrets();
      await apply();
      expect(await inProcess()).toBe(VALUE);
      const inspected = await inspectedContainers(instance);
      expect(secrets.foundIn(inspected[instance.containers.nocodb]!)).toEqual([]);
      expect((await host.container())!.Id).toBe(before.Id);
      await expectEmptyPlan();
    });

    it("is deleted from the host once the environment file no longer lists it", async () => {
      await deployment.set({ secrets: undefined });
      await apply();
      expect(await host.secrets()).not.toHaveProperty(NAME);
      expect(await inProcess()).toBe("undefined");
      await expectEmptyPlan();
    });
  });

  describe("the connection encryption key", () => {
    const NOT_THE_ONE = `NC_CONNECTION_ENCRYPT_KEY in ${host.secretsDirectory}/values is not the one with which the service has run`;
    let key: string;

    beforeAll(async () => {
      before = (await host.container())!;
      key = (await host.secrets()).NC_CONNECTION_ENCRYPT_KEY!;
    });

    afterAll(async () => {
      await host.editSecrets({ NC_CONNECTION_ENCRYPT_KEY: key });
      // The time of the file is new, so the service may have started with another content.
      await apply();
      await expectEmptyPlan();
    });

    it.each([
      ["rotated", "is never rotated", () => deployment.rotateSecret("encryption-key")],
      [
        "replaced",
        "the service has run with another value",
        () => deployment.setSecret("encryption-key", "anotherKey4711 anotherKeyEnd99"),
      ],
    ])("is not %s by a command", async (how, words, change) => {
      const everything = await host.everything();
      const begun = performance.now();
      const { code, stderr } = await change();
      const seconds = (performance.now() - begun) / 1000;
      expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
      expect(await host.everything()).toBe(everything);
      expect(await host.secrets("pending")).toEqual({});
      recordFault({
        ...{ cause: `the encryption key is ${how} by a command`, command: "npx nocodb-host secret", seen: words },
        ...{ seconds, preserved: "everything on the host" },
      });
    });

    it("stops the plan if it was edited by hand", async () => {
      await host.editSecrets({ NC_CONNECTION_ENCRYPT_KEY: "editedKey4711" });
      await expectRefused("the encryption key is edited by hand on the host", NOT_THE_ONE);
    });

    it("stops the plan if it is gone", async () => {
      await host.editSecrets({ NC_CONNECTION_ENCRYPT_KEY: undefined });
      await expectRefused("the encryption key is deleted on the host", NOT_THE_ONE);
    });
  });
});
