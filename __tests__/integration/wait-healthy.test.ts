import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { ANSWERS, ownName, remove, start } from "./containers.js";
import { asRoot, record, run, scratch } from "./host.js";

const directory = scratch("wait_healthy");
const records = `${directory}/records`;
const secrets = `${directory}/secrets`;
const url = "http://it-serving:8080/health";

const values = {
  DATABASE_PASSWORD: "a+(b]*$",
  NC_ADMIN_PASSWORD: `^it's "quoted" \\d+ .* & \\&$`,
  NC_AUTH_JWT_SECRET: "Zürich 東京 $(id) %s",
  A_TOKEN: "sesame",
};
/** The other lines of the file. */
const others = { ANOTHER_TOKEN: "sesame open", SHORT_SECRET: "abc" };

const names: string[] = [];
afterAll(() => remove(...names));
beforeAll(() => {
  const lines = Object.entries({ ...values, ...others }).map(([name, value]) => `${name}=${value}\n`);
  return asRoot('mkdir "$1" && printf %s "$2" >"$1/values"', secrets, lines.join(""));
});

/** A service that runs a shell command; its name. It finds itself by the alias in `url`. */
async function serviceThat(command: string, ...settings: string[]): Promise<string> {
  const name = ownName(`serving_${randomUUID().slice(0, 8)}`);
  names.push(name);
  const hosts = ["--add-host", "it-serving:127.0.0.1"];
  await start(name, IMAGES.nocodb, ["--network", "none", ...hosts, ...settings], ["sh", "-c", command]);
  return name;
}
const FOREVER = ["--restart", "unless-stopped"];

interface Waited {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

async function waitHealthy(name: string, timeout = 60, more: Record<string, string> = {}): Promise<Waited> {
  const input = {
    ...{ records, key: name, status: "new", container_key: `${name}-shape`, container_status: "as before" },
    ...{ service: name, image: IMAGES.nocodb, release: "", version: "unknown", grace_period: "2" },
  };
  const begun = performance.now();
  const given = { ...input, secrets, ...more, name, url, timeout: String(timeout) };
  const outcome = await run("service-container/wait-healthy", given);
  return { ...outcome, seconds: (performance.now() - begun) / 1000 };
}

const inspect = (name: string, format: string) => must(["docker", "inspect", "-f", format, name]);

describe.concurrent("a service that will answer", () => {
  test("is waited for until it answers 200, not until its port is open; a second wait takes no time", async () => {
    const late = `let ready = false; setTimeout(() => (ready = true), 3000);
      require("http").createServer((_, response) => response.writeHead(ready ? 200 : 404).end()).listen(8080)`;
    const name = await serviceThat(`sleep 1; exec node -e '${late}'`, ...FOREVER);
    const first = await waitHealthy(name);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const [, waited] = /answers at http:\/\/it-serving:8080\/health after (\d+) s\n$/.exec(first.stdout)!;
    expect(Number(waited)).toBeGreaterThanOrEqual(2);
    const startedAt = await inspect(name, "{{.State.StartedAt}}");
    expect((await waitHealthy(name)).stdout).toMatch(/ after [0-3] s\n$/);
    expect(await inspect(name, "{{.State.StartedAt}}")).toBe(startedAt);
  });

  test("is recorded with its shape and the number of its restarts, each with its own status", async () => {
    const name = await serviceThat(ANSWERS, "--cpus", "0.5");
    await waitHealthy(name);
    const id = (await inspect(name, "{{.Id}}")).slice(0, 12);
    const since = await inspect(name, "{{.State.StartedAt}}");
    expect(await record(records, `${name}-shape`)).toBe(
      `status=as before\nkind=container\nname=${name}\nshape=block weight 0\nshape=cpu quota 0\nshape=cpu shares 0\nshape=cpus 0.5\nshape=id ${id}\nshape=network none as\nlimit=memory 0\nlimit=memory with swap 0\nlimit=memory reservation 0\nlimit=restart policy no\n`,
    );
    expect(await record(records, name)).toBe(
      `status=new\nkind=service\nname=${name}\nrestarts=0\nsince=${since}\nurl=${url}\ndatabase_url=\nsecrets=${secrets}\n`,
    );
  });

  test("is started again if someone stopped it", async () => {
    const name = await serviceThat(ANSWERS, ...FOREVER);
    await must(["docker", "stop", "--time", "1", name]);
    expect(await waitHealthy(name)).toMatchObject({ code: 0, stderr: "" });
    expect(await inspect(name, "{{.State.Status}}")).toBe("running");
  });

  test("is restarted if it has answered and hangs, even before its first health check", async () => {
    const name = await serviceThat(ANSWERS, ...FOREVER);
    await waitHealthy(name);
    const startedAt = await inspect(name, "{{.State.StartedAt}}");
    await must(["docker", "exec", name, "sh", "-c", "kill -STOP $(pidof node)"]);
    expect(await waitHealthy(name)).toMatchObject({ code: 0, stderr: "" });
    expect(await inspect(name, "{{.State.StartedAt}}")).not.toBe(startedAt);
  });

  test("is restarted if its secrets were changed since it was started, and only then", async () => {
    const own = `${directory}/changed`;
    await asRoot('mkdir "$1" && echo A=1 >"$1/values"', own);
    const name = await serviceThat(ANSWERS, ...FOREVER);
    const startedAt = await inspect(name, "{{.State.StartedAt}}");
    await waitHealthy(name, 60, { secrets: own });
    expect(await inspect(name, "{{.State.StartedAt}}")).toBe(startedAt);
    await asRoot('echo A=2 >"$1/values"', own);
    for (const _ of ["once", "twice"])
      expect(await waitHealthy(name, 60, { secrets: own })).toMatchObject({ code: 0, stderr: "" });
    const restartedAt = await inspect(name, "{{.State.StartedAt}}");
    expect(restartedAt > startedAt).toBe(true);
    await waitHealthy(name, 60, { secrets: own });
    expect(await inspect(name, "{{.State.StartedAt}}")).toBe(restartedAt);
  });

  test("is left running if it crashed once and answers now", async () => {
    const name = await serviceThat(`[ -e /tmp/again ] || { touch /tmp/again; exit 1; }; ${ANSWERS}`, ...FOREVER);
    await expect
      .poll(() => inspect(name, "{{.RestartCount}} {{.State.Status}}"), { timeout: 20_000 })
      .toBe("1 running");
    await expect.poll(async () => (await waitHealthy(name)).code, { timeout: 20_000 }).toBe(0);
    expect(await record(records, name)).toMatch(/^restarts=[01]$/m);
  });
});

describe.concurrent("a service that answers and has a database URL", () => {
  const database_url = "http://it-serving:8080/database";
  /** Answers about its database by a piece of JavaScript, and 200 to all else. */
  const serviceWith = (database: string) => {
    const answer = `(request, response) => {
      const say = (status) => response.writeHead(status).end();
      if (request.url === "/database") { ${database} } else say(200);
    }`;
    const starts = "[ ! -e /tmp/begun ] || export SECOND_START=yes; touch /tmp/begun";
    return serviceThat(`${starts}; exec node -e 'require("http").createServer(${answer}).listen(8080)'`, ...FOREVER);
  };

  test("is not restarted if it is busy and does not answer for a while", async () => {
    const name = await serviceWith("if (process.uptime() > 12) say(200)");
    const startedAt = await inspect(name, "{{.State.StartedAt}}");
    expect(await waitHealthy(name, 60, { database_url })).toMatchObject({ code: 0, stderr: "" });
    expect(await inspect(name, "{{.State.StartedAt}}")).toBe(startedAt);
  });

  test("is restarted if it has lost its database", async () => {
    const name = await serviceWith("say(process.env.SECOND_START ? 200 : 400)");
    const startedAt = await inspect(name, "{{.State.StartedAt}}");
    expect(await waitHealthy(name, 60, { database_url })).toMatchObject({ code: 0, stderr: "" });
    expect(await inspect(name, "{{.State.StartedAt}}")).not.toBe(startedAt);
  });

  test("is reported as without its database if a restart does not help", async () => {
    const { code, stderr } = await waitHealthy(await serviceWith("say(400)"), 60, { database_url });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`but not at ${database_url}: it cannot use its database`),
    ]);
  });
});

describe.concurrent("a service that does not answer is reported within seconds, with its last lines:", () => {
  test("one that exits", async () => {
    const name = await serviceThat("sleep 2; echo it is over; exit 3");
    const { code, stdout, stderr, seconds } = await waitHealthy(name);
    expect([code, stdout]).toEqual([1, ""]);
    const expected = `Container ${name} has exited (exit code 3) instead of answering at ${url}. Its last lines are above.\n`;
    expect(stderr.replace(/^(it is over\n)+/, "")).toBe(expected);
    expect(seconds).toBeLessThan(2 + 10);
  });

  test("one that exits and is restarted again and again", async () => {
    const name = await serviceThat("echo once more; sleep 1; exit 1", ...FOREVER);
    for (const _ of ["once", "twice"]) {
      const { code, stderr, seconds } = await waitHealthy(name);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^(once more\n)+Container .* crashes again and again \(exit code 1, restarted [1-9] times\) instead of answering/,
      );
      expect(seconds).toBeLessThan(10);
    }
  });

  test("one that runs without an answer, after the timeout", async () => {
    const name = await serviceThat("echo thinking; exec sleep 1000");
    const { code, stderr, seconds } = await waitHealthy(name, 3);
    expect([code, stderr]).toEqual([
      1,
      `thinking\nContainer ${name} has not answered at ${url} for 3 seconds. Its last lines are above.\n`,
    ]);
    expect(seconds).toBeLessThan(3 + 10);
  });

  test("one that accepts connections and never answers", async () => {
    const name = await serviceThat(`exec node -e 'require("net").createServer(() => {}).listen(8080)'`);
    const { code, stderr, seconds } = await waitHealthy(name, 3);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`has not answered at ${url} for 3 seconds`)]);
    expect(seconds).toBeLessThan(3 + 10);
  });

  test("one that does not exist", async () => {
    const { code, stderr } = await waitHealthy("it_no_such_container");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("container it_no_such_container is missing and does not start"),
    ]);
  });

  test.each([
    ["a wrong password", "password authentication failed for user nocodb", /Deploy again: the plan names a role/],
    [
      "a database that is down",
      "connect ECONNREFUSED 172.20.2.2:5432",
      /is PostgreSQL up, and are both on the same network/,
    ],
    [
      "a PostgreSQL that accepts no connection from its network",
      'no pg_hba.conf entry for host "172.20.2.9", user "nocodb", database "nocodb", no encryption',
      /add a line for its role, its database and the networks/,
    ],
    [
      "a heap that is too small",
      "FATAL ERROR: JavaScript heap out of memory",
      /raise memory in the environment file, or NODE_OPTIONS/,
    ],
  ])("with what to do, for %s", async (_, words, hint) => {
    const { stderr } = await waitHealthy(await serviceThat(`echo '${words}'; exit 1`));
    expect(stderr).toContain(`${words}\n`);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(hint);
  });

  describe("one that the kernel kills for memory,", () => {
    const GROWS = `node -e 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))'`;
    const LIMIT = ["--memory", "64m", "--memory-swap", "64m"];
    test.each([
      ["by itself", `exec ${GROWS}`, []],
      ["restarted again and again", `exec ${GROWS}`, FOREVER],
      ["as the child of a shell, as in the vendor's image", `${GROWS}; exit 1`, FOREVER],
      ["as the child of a shell that survives it", `sleep 4; ${GROWS}; exec sleep 1000`, FOREVER],
    ])("%s", async (how, command, settings) => {
      const name = await serviceThat(command, ...LIMIT, ...settings);
      const id = await inspect(name, "{{.Id}}");
      const { code, stderr, seconds } = await waitHealthy(name);
      const seen = "was killed for memory at 64 MiB: raise memory in the environment file";
      expect(code).toBe(1);
      expect(stderr).toContain(`Container ${name} ${seen}. Its last lines are above.\n`);
      expect(seconds).toBeLessThan(4 + 10);
      expect(await inspect(name, "{{.Id}}")).toBe(id);
      const fault = { cause: "NocoDB needs more memory than its limit when it starts", command: "deploy", seen };
      if (how === "restarted again and again")
        recordFault({ ...fault, seconds, preserved: "the container, with its log" });
    });

    test("unless that was before it was restarted with a higher limit", async () => {
      const name = await serviceThat(`[ -e /tmp/again ] && ${ANSWERS}; touch /tmp/again; ${GROWS}`, ...LIMIT);
      await eventually(20, async () => expect(await inspect(name, "{{.State.OOMKilled}}")).toBe("true"));
      await must(["docker", "update", "--memory", "256m", "--memory-swap", "256m", name]);
      expect(await waitHealthy(name)).toMatchObject({ code: 0, stderr: "" });
    });
  });
});

describe.concurrent("the last lines hold no secret,", () => {
  const printing = async (...words: string[]) => {
    const name = await serviceThat('printf "%s\\n" "$WORDS"; exit 1', "--env", `WORDS=${words.join("\n")}`);
    // It may have printed them before the wait began, and again after the restart.
    return (await waitHealthy(name)).stderr.split("\n").slice(0, -2).slice(-words.length);
  };

  test("neither as it is nor percent-encoded, whatever characters it has; the rest stays", async () => {
    const lines = Object.values(values).map((value) => `<${value}|${value}> of https://it.example.com`);
    const masked = lines.map(() => "<********|********> of https://it.example.com");
    expect(await printing("abc", ...lines, `p=${encodeURIComponent(values.DATABASE_PASSWORD)}`)).toEqual([
      "abc",
      ...masked,
      "p=********",
    ]);
  });

  test("nor one with colours in it", async () => {
    const words = "\u001b[31mses\u001b[1;32mame\u001b[0m \u001b[33mwarning\u001b[0m";
    expect(await printing(words)).toEqual(["******** warning"]);
  });

  test("nor the end of one that begins with another", async () => {
    expect(await printing(`with ${others.ANOTHER_TOKEN}`)).toEqual(["with ********"]);
  });
});
