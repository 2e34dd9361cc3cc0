import { rename } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { recordFault } from "../../fault.js";
import {
  apply,
  asConsumer,
  consumers,
  deployment,
  expectEmptyPlan,
  failingDeploy,
  host,
  signInAsAdmin,
} from "../lifecycle.js";
import { production } from "../work.js";

/** Loses the state, or puts it back. */
const lose = () => rename(deployment.stateFile, `${deployment.stateFile}.lost`);
const find = () => rename(`${deployment.stateFile}.lost`, deployment.stateFile);

describe("after a destroy", () => {
  describe("a deploy without the former state", () => {
    beforeAll(async () => {
      await lose();
      await apply();
    });

    it("finds users, bases and rows as they were", async () => {
      expect(await signInAsAdmin()).toBe(200);
      expect(await consumers.answer("openclaw")).toBe("200");
      const api = await asConsumer("openclaw");
      expect((await api.base.list()).list.map(({ title }) => title).sort()).toEqual(["Accounts", "Production"]);
      expect(await production.titles(api)).toEqual(["first", "second, after all"]);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("a state that is lost while NocoDB runs", () => {
    it("is replaced by a new one in the same folder", async () => {
      await lose();
      expect((await apply()).line).toContain("before is lost: this one takes its place");
      expect(await signInAsAdmin()).toBe(200);
      await expectEmptyPlan();
    });
  });

  describe("a second state, in another folder", () => {
    let ended: Ended;
    let everything: string;
    const marker = `${host.configDirectory}/records/.owner`;
    const moved = (to: string) => host.sh('sed -i "s#^place=.*#place=$2#" "$1"', marker, to);

    beforeAll(async () => {
      const place = (await host.read(marker)).match(/^place=(.*)$/m)![1]!;
      await lose();
      await moved("ops@laptop:/srv/nocodb");
      everything = await host.everything();
      ended = await failingDeploy();
      expect(await host.everything()).toBe(everything);
      await find();
      await moved(place);
    });

    it("is refused before it changes anything, with the owner of the host and the command that releases it", () => {
      const words = `Another Terraform state manages ${host.configDirectory}: that of ops@laptop:/srv/nocodb`;
      expect(ended.line).toContain(words);
      expect(ended.line).toContain("npx nocodb-host state release");
      recordFault({
        ...{
          cause: "a second state, from another folder, deploys",
          command: "deploy",
          seen: words,
          seconds: ended.seconds,
        },
        preserved: "everything on the host",
      });
    });

    it("keeps the plan of the first state empty", async () => {
      await expectEmptyPlan();
    });
  });
});
