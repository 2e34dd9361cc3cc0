// npm run browser [-- VITEST ARGUMENT…]
//
// Tests NocoDB on the lab in Debian's Chromium, which it installs if it is missing. With PICTURES=1 the tests also take the
// pictures of docs/images/. Where there is no engine or no Chromium, they count as skipped. The last line is
// `N passed, N failed, N skipped`.
import { whyNoEngine } from "../lab/engine.js";
import { ensurePrograms } from "../lab/packages.js";
import type { Counts } from "./counts-reporter.js";
import { vitest } from "./vitest.js";

const SKIPPED: Counts = { passed: 0, failed: 0, skipped: 1 };

/** Why the tests cannot run here, or undefined. */
async function whyNot(): Promise<string | undefined> {
  const reason = await whyNoEngine();
  if (reason !== undefined) return reason;
  if (process.getuid?.() !== 0) return "only root can give Chromium a network of its own";
  try {
    await ensurePrograms({ chromium: "chromium", ip: "iproute2" }, console.log);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = await whyNot();
if (reason !== undefined) console.log(`browser: skipped, ${reason}`);
const counts = reason === undefined ? await vitest("browser", process.argv.slice(2)) : SKIPPED;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
