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

/** Loses the state, or brings it back. */
const lose = () => rename(deployment.stateFile, `${deployment.stateFile}.lost`);
const find = () => rename(`${deployment.stateFile}.lost`, deployment.stateFile);

describe("18: after a destroy", () => {
  describe("a deploy without the state that there was", () => {
    beforeAll(async () => {
      await lose();
      await apply();
    });

    it("takes up users, bases and rows as they were", async () => {
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
    it("is taken the place of by a new one in the same folder", async () => {
      await lose();
      expect((await apply()).line).toContain("before is lost: this one takes its place");
      expect(await signInAsAdmin()).toBe(200);
      await expectEmptyPlan();
    });
  });

  describe("a second state, in another folder,", () => {
    let ended: Ended;
    let everything: string;
    const mark = `${host.configDirectory}/manifest/.claim`;
    const moved = (to: string) => host.sh('sed -i "s#^place=.*#place=$2#" "$1"', mark, to);

    beforeAll(async () => {
      const place = (await host.read(mark)).match(/^place=(.*)$/m)![1]!;
      await lose();
      await moved("ops@laptop:/srv/nocodb");
      everything = await host.everything();
      ended = await failingDeploy();
      expect(await host.everything()).toBe(everything);
      await find();
      await moved(place);
    });

    it("is refused before it changes anything, with who has the host and the way to let go of it", () => {
      const words = "is managed by another Terraform state, that of ops@laptop:/srv/nocodb";
      expect(ended.line).toContain(words);
      expect(ended.line).toContain("npm run release --");
      recordFault({
        ...{ cause: "A second state, from another folder", command: "deploy", seen: words, seconds: ended.seconds },
        preserved: "all on the host",
      });
    });

    it("leaves the first one's plan empty", async () => {
      await expectEmptyPlan();
    });
  });
});
