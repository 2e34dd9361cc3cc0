import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { ownName, remove, start } from "./containers.js";
import { run, scratch } from "./host.js";

describe("a service that the kernel has killed for memory, and Docker has started again,", () => {
  const records = scratch("drift_memory");
  const name = ownName("killed");
  const url = "http://127.0.0.1:8080/";
  const seen = "killed for memory at 100 MiB: raise memory in the environment file";
  const drifted = `container restarted 1 time on its own, ${seen}`;
  let id: string;
  const now = () => Math.floor(Date.now() / 1000);
  beforeAll(async () => {
    // As in the vendor's image, the service is the child of a shell.
    const grow = "for (const all = []; ; ) all.push(Buffer.alloc(1e7, 1))";
    const answer = `(request, response) => { if (request.url === "/grow") { ${grow} } response.end() }`;
    const service = `node -e 'require("http").createServer(${answer}).listen(8080)'; exit 1`;
    const limit = ["--memory", "100m", "--memory-swap", "100m", "--restart", "unless-stopped"];
    await start(name, IMAGES.nocodb, ["--network", "none", ...limit], ["sh", "-c", service]);
    id = await must(["docker", "inspect", "-f", "{{.Id}}", name]);
    await waitFor();
    await must(["docker", "exec", name, "sh", "-c", `wget -q -O- ${url}grow || true`]).catch(() => "killed as well");
    await eventually(20, async () =>
      expect(await must(["docker", "inspect", "-f", "{{.RestartCount}} {{.State.Status}}", name])).toBe("1 running"),
    );
  });
  afterAll(() => remove(name));

  const waitFor = async () => {
    const input = { records, key: "it", status: "new", container_key: "shape", container_status: "new" };
    const image = { service: "it", image: IMAGES.nocodb, release: "", version: "unknown" };
    const more = { name, url, secrets: `${records}.secrets`, grace_period: "2", timeout: "20" };
    expect(await run("service-container/wait-healthy", { ...input, ...image, ...more })).toMatchObject({ code: 0 });
  };
  const status = async (faultInput?: Record<string, string>) => {
    const options = faultInput && { inject: "forgetful", faultInput };
    const begun = performance.now();
    const { code, stdout, stderr } = await run("remote-host/probe", { records, requirements: "" }, options);
    expect([code, stderr]).toEqual([0, ""]);
    return { status: JSON.parse(stdout).it, seconds: (performance.now() - begun) / 1000 };
  };

  test("is reported by the next plan", async () => {
    const { status: said, seconds } = await status();
    expect(said).toBe(drifted);
    const cause = "NocoDB was killed for memory and restarted";
    recordFault({
      cause,
      command: "plan, npx nocodb-host drift",
      seen,
      seconds,
      preserved: "the container, which serves",
    });
  });

  test("also if only the kernel's log still knows it, and only since the last deploy", async () => {
    const restarted = "container restarted 1 time on its own";
    expect((await status({ killed: id, killed_at: String(now()) })).status).toBe(drifted);
    expect((await status({ killed: id, killed_at: String(now() - 3600) })).status).toBe(restarted);
    expect((await status({ killed: "another", killed_at: String(now()) })).status).toBe(restarted);
  });

  test("does not count as drift after a deploy", async () => {
    await waitFor();
    expect((await status()).status).toBe("new");
  });
});
