import { beforeAll, describe, expect, test } from "vitest";
import { asRoot, HOSTILE, type Outcome } from "./host.js";
import { blockOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("files");
const { directory } = nocodb;
const path = (name: string) => `${directory}/${name}.env`;

/** The env files before the app changes them, by the name of the consumer that reads them. */
const contents: Record<string, string> = {
  empty: "",
  ordinary: "A=1\nB=2\n",
  "no-final-newline": "A=1\nB=2",
  crlf: "A=1\r\nB=2\r\n",
  hostile: `${Object.entries(HOSTILE)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n")}\n# nothing more\n\n\n`,
  linked: "A=1\n",
};
/** Two that read one file, one's name beginning the other's; and one whose whole file is the app's. */
const shared: readonly Wanted[] = ["n8n-worker", "n8n"].map((name) => ({ name, envFile: path("shared") }));
const consumers: readonly Wanted[] = [
  ...Object.keys(contents).map((name) => ({ name })),
  ...shared,
  { name: "created" },
  { name: "own", ownFile: true },
];

/** Type, mode, owner and target of everything in the folder but its bytes and times. */
const rights = () =>
  asRoot('cd "$1" && find . -path ./records -prune -o -printf "%P %y %m %U:%G %l\\n" | sort', directory);

// Debian's base has no setfattr. An ACL is an attribute like this one, with a name and a form of its own.
const attribute = (does: "set" | "get") =>
  asRoot(
    `perl -e '
      use POSIX; my %numbers = ("x86_64", [188, 191], "aarch64", [5, 8]);
      my ($set, $get) = @{$numbers{(POSIX::uname())[4]}}; my ($file, $does) = @ARGV;
      my ($name, $kept, $value) = ("user.it", "kept", "\\0" x 20);
      if ($does eq "set") { syscall($set, $file, $name, $kept, 4, 0) == 0 or die $! }
      else { my $n = syscall($get, $file, $name, $value, 20); $n > 0 or die $!; print substr($value, 0, $n) }
    ' "$1" "$2"`,
    path("ordinary"),
    does,
  );

let first: Outcome;
let before: string;

beforeAll(async () => {
  for (const [name, content] of Object.entries(contents)) await nocodb.write(name, content);
  await nocodb.write("shared", "A=1\n");
  await asRoot(
    `mkdir "$1/elsewhere"; chown deploy: "$1/elsewhere"; mv "$1/linked.env" "$1/elsewhere/a.env"
    ln -s elsewhere/a.env "$1/linked.env"
    chmod 0640 "$1/ordinary.env" && chown 33:44 "$1/ordinary.env"
    chmod 0400 "$1/crlf.env" && chown deploy: "$1/crlf.env"`,
    directory,
  );
  await attribute("set");
  before = await rights();
  first = await nocodb.apply(consumers);
});

describe("an env file with a block", () => {
  test.each(Object.entries(contents))("has every byte before the block unchanged: %s", async (name, content) => {
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const now = await nocodb.read(name);
    const open = content !== "" && !content.endsWith("\n");
    expect(now).toBe(content + (open ? "\n" : "") + blockOf(name, await nocodb.token(name), open));
  });

  test("can be shared by two consumers, one of whose names begins with the other", async () => {
    const [n8n, worker] = (await nocodb.read("shared")).match(/(?<=TOKEN=).*/g)!;
    expect(await nocodb.read("shared")).toBe(`A=1\n${blockOf("n8n", n8n!)}${blockOf("n8n-worker", worker!)}`);
    expect([await nocodb.whose(worker!), await nocodb.whose(n8n!)]).toEqual([
      "n8n-worker@consumers.invalid",
      "n8n@consumers.invalid",
    ]);
  });

  test("keeps type, mode, owner and attributes; a new one belongs only to the deploy user; nothing temporary stays", async () => {
    const owner = (await asRoot("id -u deploy; id -g deploy")).trim().replace("\n", ":");
    const made = ["created", "own"].map((name) => `${name}.env f 600 ${owner} `);
    const there = (text: string) => text.trimEnd().split("\n");
    expect(there(await rights()).sort()).toEqual([...there(before), ...made].sort());
    expect(await attribute("get")).toBe("kept");
  });
});

test("an own file holds only the lines", async () => {
  const lines = blockOf("own", await nocodb.token("own"))
    .split("\n")
    .slice(1, -2);
  expect(await nocodb.read("own")).toBe(`${lines.join("\n")}\n`);
});

describe("text that someone adds later", () => {
  const later: readonly Wanted[] = [{ name: "ordinary" }, { name: "no-final-newline" }, { name: "own", ownFile: true }];
  const token: Record<string, string> = {};

  beforeAll(async () => {
    for (const { name } of later) token[name] = await nocodb.token(name);
    const text = async (name: string) => (await nocodb.read(name)).replace("http://nocodb:8080", "http://example.com");
    await nocodb.write("ordinary", `FIRST=1\n${await text("ordinary")}LAST=1\nno newline`);
    await nocodb.write("no-final-newline", `${await nocodb.read("no-final-newline")}LAST=1\n`);
    await nocodb.write("own", `${await text("own")}MORE=1\n`);
    await asRoot('chmod 0644 "$1"', path("own"));
    expect(await nocodb.apply(later)).toMatchObject({ code: 0, stderr: "" });
  });

  test("around a block stays, and a changed block is repaired", async () => {
    const block = blockOf("ordinary", token.ordinary!);
    expect(await nocodb.read("ordinary")).toBe(`FIRST=1\nA=1\nB=2\n${block}LAST=1\nno newline`);
  });

  test("in an own file is removed, and its mode is reset", async () => {
    expect(await nocodb.read("own")).toBe(`NOCODB_BASE_URL=http://nocodb:8080\nNOCODB_API_TOKEN=${token.own}\n`);
    expect(await asRoot('stat -c %a "$1"', path("own"))).toBe("600\n");
  });

  test("is not in the other files, which are again as they were before the app changed them", async () => {
    const gone = Object.entries(contents).filter(([name]) => !later.some((each) => each.name === name));
    for (const [name, content] of gone) expect(await nocodb.read(name), name).toBe(content);
    expect(await nocodb.read("shared")).toBe("A=1\n");
    expect(await nocodb.read("created")).toBe("");
  });
});

describe("envFile and ownFile can change:", () => {
  test("the lines move to the new file, with the same token", async () => {
    const before = await nocodb.token("ordinary");
    const envFile = `${directory}/elsewhere/moved.env`;
    const wanted = [{ name: "ordinary", envFile }, { name: "own" }];
    expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.read("ordinary")).toBe("FIRST=1\nA=1\nB=2\nLAST=1\nno newline");
    const moved = await nocodb.read("elsewhere/moved");
    expect(await nocodb.read("own")).toBe(blockOf("own", await nocodb.token("own")));
    expect(moved).toBe(blockOf("ordinary", await nocodb.token("elsewhere/moved")));
    expect(await nocodb.token("elsewhere/moved")).toBe(before);
    expect(await nocodb.opens(before)).toBe(200);
  });

  test("a required file that was removed after the plan is reported, and not created", async () => {
    const [gone, moved] = [path("gone"), `${directory}/elsewhere/moved.env`];
    const wanted = [
      { name: "gone", missingFile: "error" as const },
      { name: "ordinary", envFile: moved },
      { name: "own" },
    ];
    const { code, stderr } = await nocodb.apply(wanted);
    expect([code, stderr]).toEqual([
      1,
      `consumers.gone.envFile: ${gone} does not exist on the host any more: put it back, or set consumers.gone.missingFile to create, and deploy\n`,
    ]);
    expect(await asRoot('ls "$1" 2>&1 || true', gone)).toContain("No such file");
  });

  test("without consumers, own files are removed, and the others hold only what people have written", async () => {
    const wanted = { name: "own", ownFile: true };
    expect(await nocodb.apply([wanted])).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.apply([])).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.read("no-final-newline")).toBe("A=1\nB=2\nLAST=1\n");
    expect(await nocodb.read("elsewhere/moved")).toBe("");
    expect((await rights()).split("\n").filter((line) => /own\.env|\/?\.[^ ]*\.env/.test(line))).toEqual([]);
    expect((await nocodb.tokens()).length).toBe(0);
  });
});
