import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instance, site } from "../e2e/lifecycle.js";
import { newPage, startChromium } from "./chromium.js";

describe("from outside the VPN", () => {
  let browser: Awaited<ReturnType<typeof startChromium>>;

  beforeAll(async () => {
    browser = await startChromium(instance, "outside");
  });

  afterAll(() => browser.close());

  it("the browser gets the page of the VPN gate, and nothing of NocoDB", async () => {
    const page = await newPage(browser);
    const answer = await page.goto(`https://${site}:${instance.ports.https}/dashboard/`);
    expect(answer!.status()).toBe(403);
    expect(await page.locator("body").textContent()).toBe("Reachable through the VPN only");
  });
});
