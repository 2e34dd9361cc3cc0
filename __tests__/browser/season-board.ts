import { join } from "node:path";
import type { Api } from "nocodb-sdk";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../lab/site.js";
import { apply, asConsumer, deployment, host, instance } from "../e2e/lifecycle.js";
import { Board } from "./board.js";
import { newPage, picture, startChromium } from "./chromium.js";
import { Season } from "./season.js";

let browser: Browser;
let n8n: Api<unknown>;
let season: Season;

beforeAll(async () => {
  browser = await startChromium(instance, "inside");
});

afterAll(() => browser.close());

/** The page of the super admin, who signs in with what `npx nocodb-host sign-in` prints. */
async function signedIn(page: Page): Promise<Board> {
  const { stdout } = await deployment.nocodbHost("sign-in");
  const printed = (name: string) => new RegExp(`^${name} +(.*)$`, "m").exec(stdout)![1]!;
  const board = new Board(page, printed("url"));
  await board.signIn(printed("email"), printed("password"));
  return board;
}

/** The webhooks that n8n has received for a scene, oldest first. */
async function webhooksFor(title: string): Promise<string[]> {
  return (await host.log("n8n")).split("\n").filter((line) => line.includes(`"Title":"${title}"`));
}

/** Pixels of an image in the page; 0 until it is loaded. */
const widthOf = (image: unknown) => (image as { naturalWidth: number }).naturalWidth;

/**
 * Builds a Kanban view, creates a scene with a file in it, and sees what n8n has written.
 *
 * @returns what the page's policy has refused, message by message
 */
function worksOnTheBoard(view: string, byHand: string, byN8n: string, name?: string) {
  let page: Page;
  let board: Board;
  const refused: string[] = [];

  beforeAll(async () => {
    page = await newPage(browser);
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    board = await signedIn(page);
  });

  beforeEach(({ onTestFailed }) => {
    onTestFailed(async () => {
      const path = join(instance.directory, "browser.png");
      await page.screenshot({ path });
      console.log(`${page.url()} as it was then: ${path}`);
    });
  });

  afterAll(() => page.context().close());

  it("the super admin builds a Kanban view of the scenes by status", async () => {
    await board.openTable("Scenes");
    await board.createKanban(view);
    await board.card("The bell under water", "Prompts").waitFor();
    expect(await board.card("The bell under water", "Done").count()).toBe(0);
  });

  it("creates a scene in a stack, uploads its storyboard, and finds both after a reload", async () => {
    await board.createScene(byHand, "Script");
    if (name) await picture(page, `${name}-scene`);
    await board.closeScene();
    await page.reload();
    await board.card(byHand, "Script").waitFor();
    const cover = board.stack("Script").locator("img").first();
    await cover.waitFor();
    await eventually(20, async () => expect(await cover.evaluate(widthOf)).toBeGreaterThan(0));
  });

  it("NocoDB calls n8n's webhook for that scene", async () => {
    const [line] = await eventually(20, async () => {
      const lines = await webhooksFor(byHand);
      expect(lines).toHaveLength(1);
      return lines;
    });
    expect(line).toContain("POST /webhook/scenes: ");
    expect(line).toContain('"type":"records.after.insert"');
  });

  it("a scene that n8n's token writes appears in the open page", async () => {
    expect(await board.card(byN8n, "Rendering").count()).toBe(0);
    await season.addScene(n8n, { Title: byN8n, Status: "Rendering", episodes_id: 2 });
    await board.reload();
    await board.card(byN8n, "Rendering").waitFor();
    if (name) {
      await board.hideSidebar();
      await picture(page, name);
    }
  });

  return refused;
}

describe("from inside the VPN, on the season board", () => {
  beforeAll(async () => {
    n8n = await asConsumer("n8n");
    season = await Season.create(n8n);
    await season.callOnInsert(n8n, "http://n8n:5678/webhook/scenes");
  });

  worksOnTheBoard("Season", "The door behind the lamp", "The tide turns", "season-board");
});

describe("with a policy against calls to third parties, on the same board", () => {
  beforeAll(async () => {
    await deployment.set({ "caddy.contentSecurityPolicy.allow": [] });
    await apply();
  });

  const refused = worksOnTheBoard("With a policy", "The lamp goes out", "A light on the reef");

  it("the policy has refused the one script that NocoDB loads from a third party, and nothing else", () => {
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((message) => !message.includes("https://app.chatwoot.com/"))).toEqual([]);
  });
});
