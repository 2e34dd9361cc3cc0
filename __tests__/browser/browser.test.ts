/**
 * NocoDB on the lab in a real browser, Debian's Chromium (`npm run browser`): through Caddy, from outside the VPN and from
 * inside. The parts share one deployment (see ../e2e/lifecycle.ts).
 */
import { afterAll, beforeAll, expect } from "vitest";
import { apply, deployment, host, neighbours } from "../e2e/lifecycle.js";
import { SETTINGS } from "./beginning.js";
import "./vpn-gate.js";
import "./season-board.js";
import "./report.js";

beforeAll(async () => {
  await deployment.begin();
  await deployment.set(SETTINGS);
  await neighbours.begin();
  await apply();
});

afterAll(async () => {
  const { code, said } = await deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color");
  await deployment.disconnect();
  expect(code, said).toBe(0);
  await host.empty();
});
