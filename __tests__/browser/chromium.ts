import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Instance } from "../../lab/instance.js";
import { socketTo, type Way } from "./ways.js";

/** Pixels of the pictures in the documentation, and of a phone. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Milliseconds for a page of NocoDB on a busy machine. */
const PATIENCE = 60_000;

/** Starts Debian's Chromium, which reaches nothing but the sites of the instance, at their addresses. */
export async function startChromium(instance: Instance, way: Way): Promise<Browser> {
  const socket = await socketTo(instance, way);
  const executablePath = fileURLToPath(new URL("./own-network.sh", import.meta.url));
  const env = { ...process.env, LAB_PORT: String(instance.ports.https), LAB_SOCKET: socket.path };
  const browser = await chromium.launch({ executablePath, env });
  browser.on("disconnected", () => void socket.close());
  return browser;
}

/** A page of a new visitor. Caddy's own authority, which signs the lab's certificates, is unknown to Chromium. */
export async function newPage(browser: Browser, viewport = DESKTOP): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport, reducedMotion: "reduce" });
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

/** With PICTURES=1, the page becomes a picture of the documentation: docs/images/NAME.png. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES !== "1") return;
  const path = fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
  await writeFile(path, await page.screenshot({ animations: "disabled" }));
}
