import { beforeAll, expect, test } from "vitest";
import { shellWord } from "../../constructs/remote-host/shell-word.js";
import { sshShell } from "../../constructs/remote-host/ssh.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { asRoot, connection, type Input, run, scratch } from "./host.js";

const directory = scratch("interrupted");
const caddy = ownCaddy("interrupted");
const place = { records: `${directory}/records`, key: "it", status: "new" };
const site = siteName("a");

/** Programs that change something, each with input that changes something. */
const inputs: Record<string, Input> = {
  "host-directory/apply": { ...place, path: `${directory}/there`, owner: "1000:1000", mode: "0700" },
  "host-file/apply": {
    ...{ ...place, path: `${directory}/there/a.env`, owner: "deploy", mode: "0600" },
    content: "A=2\n",
  },
  "caddy-site/apply": {
    ...{ ...place, caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "" },
    ...{ site, text: respond(site, "one") },
  },
};

beforeAll(() => asRoot('mkdir "$1/there" && echo A=1 >"$1/there/a.env"', directory));

/** Every name, right and byte that the programs could have changed. */
const everything = () =>
  asRoot(
    'find "$@" -printf "%p %m %U:%G %s %i\\n" | sort; find "$@" -type f -exec sha256sum {} + | sort',
    directory,
    caddy.directory,
  );

/** An ssh that loses its connection after so many bytes, which are all that the host gets. */
const lost = (bytes: number) => ["sh", "-c", `head -c ${bytes} | ${sshShell(connection).map(shellWord).join(" ")}`];

/** The whole program's length in bytes. */
async function length(program: string, input: Input): Promise<number> {
  return Number((await run(program, input, { shell: ["wc", "-c"] })).stdout);
}

/** Places all over the program, other ones in each run, and two in its last line, which starts it all. */
const places = (length: number) => {
  const start = length - "main </dev/null\n".length;
  return [...Array.from({ length: 16 }, () => Math.floor(Math.random() * start)), start + 3, start + 6];
};

test.each(Object.entries(inputs))(
  "%s changes nothing if its connection breaks anywhere before its end",
  async (program, input) => {
    const before = await everything();
    const whole = await length(program, input);
    expect(whole).toBeGreaterThan(2000);
    for (const bytes of places(whole)) {
      const { stdout } = await run(program, input, { shell: lost(bytes) });
      expect(stdout, `after ${bytes} of ${whole} bytes`).toBe("");
    }
    expect(await everything()).toBe(before);
  },
);

test("each of them changes something if it is not interrupted", async () => {
  for (const [program, input] of Object.entries(inputs)) {
    const before = await everything();
    expect(await run(program, input)).toMatchObject({ code: 0, stderr: "" });
    expect(await everything()).not.toBe(before);
  }
  expect(await caddy.read()).toContain(CADDYFILE);
});
