import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN } from "./calendar-nocodb.js";

const program = fileURLToPath(new URL("../../../../lab/calendar-nocodb/server.mjs", import.meta.url));
const ENV = { PORT: "0", NC_ADMIN_EMAIL: ADMIN.email, NC_ADMIN_PASSWORD: ADMIN.password };

async function running(env: Record<string, string>): Promise<ChildProcess> {
  const folder = await mkdtemp(join(tmpdir(), "calendar-"));
  const child = spawn(process.execPath, [program], { env: { NC_TOOL_DIR: folder, ...env } });
  onTestFinished(() => {
    child.kill("SIGKILL");
    return rm(folder, { recursive: true });
  });
  return child;
}

/** The status with which it ends, and what it printed. */
async function ended(child: ChildProcess) {
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (data) => {
      output += data;
    });
  const [code] = await once(child, "close");
  return { code, output };
}

test("a stop lets a slow request finish", async () => {
  const child = await running(ENV);
  const [line] = await once(child.stdout!, "data");
  const headers = { "x-delay-ms": "500" };
  const slow = fetch(`http://127.0.0.1:${JSON.parse(line).port}/api/v1/health`, { headers });
  setTimeout(() => child.kill("SIGTERM"), 200);
  expect((await slow).status).toBe(200);
  expect((await ended(child)).code).toBe(0);
});

test("the vendor's second container has no port, and ends at SIGTERM", async () => {
  const child = await running({ ...ENV, NC_WORKER_CONTAINER: "true" });
  setTimeout(() => child.kill("SIGTERM"), 1000);
  expect(await ended(child)).toEqual({ code: 0, output: "" });
});

test("it needs the super admin in its environment, with a password long enough", async () => {
  const { code, output } = await ended(await running({ ...ENV, NC_ADMIN_PASSWORD: "short" }));
  expect({ code, output }).toEqual({
    code: 1,
    output: "NC_ADMIN_EMAIL and NC_ADMIN_PASSWORD (8 characters or more) must be set\n",
  });
});
