import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environmentText } from "./support/environment-text.js";

/** Milliseconds for a hook that starts programs, which start slowly on a busy machine. */
const TIMEOUT = 60_000;
const root = fileURLToPath(new URL("../..", import.meta.url));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "main-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A run of main.ts with environments of its own, in a place of its own. */
class Run {
  readonly out: string;
  readonly environments: string;

  constructor(readonly workingCopy = root) {
    const place = mkdtempSync(path.join(directory, "run-"));
    this.environments = path.join(place, "environments");
    this.out = path.join(place, "out");
    mkdirSync(this.environments);
  }

  write(name: string, over: Record<string, unknown> = {}): this {
    writeFileSync(path.join(this.environments, `${name}.yaml`), environmentText({ project: name, ...over }));
    return this;
  }

  synth(): { status: number | null; stderr: string } {
    const env = { ...process.env, NOCODB_ENVIRONMENTS: this.environments, CDKTF_OUTDIR: this.out };
    const main = ["--import", "tsx", path.join(this.workingCopy, "main.ts")];
    const { status, stderr } = spawnSync(process.execPath, main, { cwd: this.workingCopy, env, encoding: "utf8" });
    return { status, stderr };
  }

  stacks(): string[] {
    return readdirSync(path.join(this.out, "stacks")).sort();
  }

  /** Every file of cdktf.out by its path. */
  files(): Record<string, string> {
    const paths = readdirSync(this.out, { recursive: true, encoding: "utf8" }).sort();
    const files = paths.filter((each) => statSync(path.join(this.out, each)).isFile());
    return Object.fromEntries(files.map((each) => [each, readFileSync(path.join(this.out, each), "utf8")]));
  }
}

/** Owner, group and others, as in `ls -l`. */
const mode = (folder: string) => (statSync(folder).mode & 0o777).toString(8);

describe("every environment becomes a stack of its name", () => {
  let run: Run;
  let result: ReturnType<Run["synth"]>;
  beforeAll(() => {
    run = new Run().write("prod").write("broken", { cpus: 0, project: "Acme" }).write("staging");
    result = run.synth();
  }, TIMEOUT);

  test("except an invalid one, which does not stop the others", () => {
    expect(result.status).toBe(0);
    expect(run.stacks()).toEqual(["prod", "staging"]);
  });

  test("whose problems are reported together, with the file and the remedy", () => {
    const lines = result.stderr.trim().split("\n");
    expect(lines).toHaveLength(2);
    expect(result.stderr).toMatch(/broken\.yaml:\d+: cpus: 0: must be between 0\.01 and 256; set /);
    expect(result.stderr).toMatch(/broken\.yaml:\d+: project: "Acme": .*; did you mean acme\?/);
  });

  test("with the host programs beside it", () => {
    expect(Object.keys(run.files())).toContain("stacks/prod/assets/host_programs/sh/run-remote.sh");
  });
});

describe("a local state that was emptied by a kill while Terraform wrote it", () => {
  const synthesized = (files: Record<string, string>) => {
    const run = new Run().write("prod").write("staging");
    const folder = path.join(run.out, "../state");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const { stderr } = run.synth();
    return { stderr, stacks: run.stacks() };
  };

  test(
    "leaves its environment out, because a destroy would find nothing to destroy, and names the remedy",
    () => {
      const { stderr, stacks } = synthesized({
        "prod.tfstate": "",
        "prod.tfstate.backup": "{}",
        "staging.tfstate": "{}",
      });
      expect(stacks).toEqual(["staging"]);
      expect(stderr).toMatch(/state\/prod\.tfstate: is empty, .*`cp (\S+)\.backup \1`/);
    },
    TIMEOUT,
  );

  test(
    "is that of a first deploy if there is no copy to restore",
    () => {
      expect(synthesized({ "prod.tfstate": "" })).toEqual({ stderr: "", stacks: ["prod", "staging"] });
    },
    TIMEOUT,
  );
});

describe("a second synth of the same sources", () => {
  let run: Run;
  let first: { outcome: ReturnType<Run["synth"]>; files: Record<string, string>; modes: string[] };
  const folders = () => [run.out, path.join(run.out, "../state")];
  beforeAll(() => {
    run = new Run().write("prod");
    first = { outcome: run.synth(), files: run.files(), modes: folders().map(mode) };
    for (const folder of folders()) chmodSync(folder, 0o755);
    writeFileSync(path.join(run.out, "../state/prod.tfstate"), "{}");
    run.synth();
  }, TIMEOUT);

  test("prints nothing if there is no problem", () => {
    expect(first.outcome).toEqual({ status: 0, stderr: "" });
  });

  test("writes the same bytes", () => {
    expect(run.files()).toEqual(first.files);
  });

  test("leaves the state as it is", () => {
    expect(readFileSync(path.join(run.out, "../state/prod.tfstate"), "utf8")).toBe("{}");
  });

  test("restricts the folders of Terraform's files to their owner, because they may hold secrets", () => {
    expect(first.modes).toEqual(["700", "700"]);
    expect(folders().map(mode)).toEqual(["700", "700"]);
  });
});
