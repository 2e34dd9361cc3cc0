import { request } from "node:http";
import { afterAll, describe, expect, test } from "vitest";
import { GRACE_PERIOD, STOP_SIGNAL } from "../../constructs/nocodb/nocodb-props.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { answerAcrossStop } from "../slow-request.js";
import { inContainer, ownName, remove, start } from "./containers.js";

const container = ownName("stop");
const account = { email: "admin@it.example.com", password: "of the super admin" };

/** The answer to a request in progress when a NocoDB that was started like that is stopped, and its exit code. */
async function answerAcross(signal: string, command: readonly string[]): Promise<(number | string)[]> {
  const env = { NC_ADMIN_EMAIL: account.email, NC_ADMIN_PASSWORD: account.password, NC_DISABLE_TELE: "true" };
  const settings = ["--publish", "127.0.0.1::8080", "--stop-signal", signal];
  const variables = Object.keys(env).flatMap((name) => ["--env", name]);
  await start(container, IMAGES.nocodb, [...settings, ...variables], command, { env });
  const [host, port] = (await must(["docker", "port", container, "8080"])).split(":");
  const info = "http://127.0.0.1:8080/api/v1/db/meta/nocodb/info";
  await eventually(120, () => inContainer(container, ["wget", "-q", "-t", "1", "-T", "3", "-O", "/dev/null", info]));
  const headers = { "content-type": "application/json" };
  const asking = request({ host, port, method: "POST", path: "/api/v1/auth/user/signin", headers, agent: false });
  const stop = () => must(["docker", "stop", "--time", String(GRACE_PERIOD), container]);
  const answer = await answerAcrossStop(container, asking, JSON.stringify(account), stop);
  return [answer, Number(await must(["docker", "inspect", "-f", "{{.State.ExitCode}}", container]))];
}

afterAll(() => remove(container));

describe("a request in progress at a stop", () => {
  test.each([
    ["node as a child of a shell, as the official image starts", []],
    ["node that replaced its shell", ["sh", "-c", 'mkdir -p "$NC_TOOL_DIR" && exec node index.js']],
  ])("is answered by %s", async (_, command) => {
    const INTERRUPTED = 130; // it ended by itself, before SIGKILL (137)
    expect(await answerAcross(STOP_SIGNAL, command)).toEqual([200, INTERRUPTED]);
  });

  test("would be lost with the image's own signal, because the shell ends first", async () => {
    const [answer] = await answerAcross("SIGTERM", []);
    expect(answer).toMatch(/socket hang up|ECONNRESET|EPIPE/);
  });
});
