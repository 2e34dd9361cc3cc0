import { beforeAll, describe, expect, test } from "vitest";
import { shellWord } from "../../constructs/remote-host/shell-word.js";
import { sshShell } from "../../constructs/remote-host/ssh.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { asRoot, connection, run, scratch } from "./host.js";

const directory = scratch("interrupted");
const caddy = ownCaddy("interrupted");
const place = { manifest: `${directory}/manifest`, key: "it", observed: "new" };
const site = siteName("a");

/** Scripts that change something, each on what it would change. */
const changes: Record<string, { scripts: string[]; input: Record<string, string> }> = {
  "ensure-directory.sh": {
    scripts: ["common.sh", "ensure-directory.sh"],
    input: { ...place, path: `${directory}/there`, owner: "1000:1000", mode: "0700" },
  },
  "write-file.sh": {
    scripts: ["common.sh", "write-file.sh"],
    input: {
      ...place,
      path: `${directory}/there/a.env`,
      owner: "deploy",
      mode: "0600",
      unchanging: "",
      content: "A=2\n",
    },
  },
  "ensure-site.sh": {
    scripts: ["common.sh", "block.sh", "caddy.sh", "ensure-site.sh"],
    input: {
      ...{ ...place, caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "" },
      ...{ site, text: respond(site, "one") },
    },
  },
};

beforeAll(() => asRoot('mkdir "$1/there" && echo A=1 >"$1/there/a.env"', directory));

/** Every name, right and byte that the scripts could have changed. */
const everything = () =>
  asRoot(
    'find "$@" -printf "%p %m %U:%G %s %i\\n" | sort; find "$@" -type f -exec sha256sum {} + | sort',
    directory,
    caddy.directory,
  );

/** ssh that loses its connection after so many bytes: the host gets no more than these. */
const lost = (bytes: number) => ["sh", "-c", `head -c ${bytes} | ${sshShell(connection).map(shellWord).join(" ")}`];

/** The whole program's length in bytes. */
async function length(scripts: string[], input: Record<string, string>): Promise<number> {
  return Number((await run(scripts, input, ["wc", "-c"])).stdout);
}

/** Places all over the program, other ones in each run, and two in its last line, which starts it all. */
const places = (length: number) => {
  const start = length - "main </dev/null\n".length;
  return [...Array.from({ length: 16 }, () => Math.floor(Math.random() * start)), start + 3, start + 6];
};

describe.each(Object.entries(changes))(
  "%s, whose connection breaks anywhere before its end,",
  (_, { scripts, input }) => {
    test("changes nothing", async () => {
      const before = await everything();
      const whole = await length(scripts, input);
      expect(whole).toBeGreaterThan(2000);
      for (const bytes of places(whole)) {
        const { stdout } = await run(scripts, input, lost(bytes));
        expect(stdout, `after ${bytes} of ${whole} bytes`).toBe("");
      }
      expect(await everything()).toBe(before);
    });
  },
);

test("uninterrupted, each of them does change something", async () => {
  for (const { scripts, input } of Object.values(changes)) {
    const before = await everything();
    expect(await run(scripts, input)).toMatchObject({ code: 0, stderr: "" });
    expect(await everything()).not.toBe(before);
  }
  expect(await caddy.read()).toContain(CADDYFILE);
});
