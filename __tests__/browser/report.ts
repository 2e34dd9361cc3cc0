import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PastEvent } from "../../cli/history.js";
import { apply, deployment, failingDeploy, host, instance } from "../e2e/lifecycle.js";
import { OPTIONS } from "./beginning.js";
import { DESKTOP, newPage, PHONE, picture, startChromium } from "./chromium.js";

const file = join(instance.directory, "report.html");

describe("the report of an environment, after a deploy that failed", () => {
  let serving: string;
  let browser: Browser;

  beforeAll(async () => {
    serving = await host.running("nocodb");
    await deployment.set({ "variables.NODE_OPTIONS": "--no-such-option" });
    await failingDeploy();
    await deployment.set({ "variables.NODE_OPTIONS": OPTIONS });
    await apply();
    const { code, stdout, stderr } = await deployment.nocodbHost("report", "-o", file);
    expect(code, stdout + stderr).toBe(0);
    browser = await startChromium(instance, "inside");
  });

  afterAll(() => browser.close());

  it("the deploy that failed is in the history, with its cause", async () => {
    expect((await host.running("nocodb")).split(" ")[1]).toBe(serving.split(" ")[1]);
    const { stdout } = await deployment.nocodbHost("history", "--json");
    const events = JSON.parse(stdout) as PastEvent[];
    const failed = events.filter(({ result }) => result === "failed");
    expect(failed).toEqual([
      expect.objectContaining({
        event: "deploy",
        changed: expect.stringContaining("crashes again and again (exit code 9"),
      }),
    ]);
    expect(events.at(-1)).toMatchObject({ event: "deploy", result: "done" });
  });

  describe.each([
    ["a desktop", DESKTOP],
    ["a phone", PHONE],
  ])("on the screen of %s, from a file", (_title, viewport) => {
    let page: Page;
    const requested: string[] = [];

    beforeAll(async () => {
      page = await newPage(browser, viewport);
      page.on("request", (request) => requested.push(request.url()));
      await page.goto(pathToFileURL(file).href);
    });

    afterAll(() => page.context().close());

    it("shows status, picture and history, and asks for nothing else", async () => {
      await page.getByRole("heading", { name: "History" }).waitFor();
      for (const row of ["container", "certificate", "consumer n8n"]) {
        expect(await page.getByText(row, { exact: true }).first().isVisible()).toBe(true);
      }
      expect(await page.locator("svg").first().isVisible()).toBe(true);
      expect(await page.getByText("crashes again and again (exit code 9").first().isVisible()).toBe(true);
      expect(requested).toEqual([pathToFileURL(file).href]);
      if (viewport === DESKTOP) await picture(page, "report");
    });

    it("is not wider than the screen", async () => {
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(viewport.width);
    });
  });
});
