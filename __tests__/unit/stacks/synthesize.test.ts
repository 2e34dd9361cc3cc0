import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, Lazy, Testing, Tokenization } from "cdktf";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NocodbStack } from "../../../stacks/nocodb-stack.js";
import { synthesize } from "../../../stacks/synthesize.js";
import { environment } from "../support/stack-of.js";
import { filesIn } from "../support/working-copy.js";

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(path.join(tmpdir(), "synthesize-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(outdir, { recursive: true });
});

const prod = (app: App) => void new NocodbStack(app, environment("prod"));
const programs = "stacks/prod/assets/host_programs/sh";

describe("what makes many environments slow does not happen:", () => {
  test("no token has a stack trace", () => {
    let traces: unknown[] = [];
    synthesize(outdir, (app) => {
      prod(app);
      traces = [Lazy.anyValue({ produce: () => 1 })].flatMap(({ creationStack }) => creationStack);
    });
    expect(traces).toEqual([]);
  });

  test("cdktf gets only values that may hold a token", () => {
    const { resolve } = Tokenization;
    const texts: unknown[] = [];
    Tokenization.resolve = (value, options) => {
      texts.push(value);
      return resolve.call(Tokenization, value, options);
    };
    try {
      synthesize(outdir, prod);
    } finally {
      Tokenization.resolve = resolve;
    }
    const plain = texts.filter((value) => typeof value === "string" && /^[\w ./:-]*$/.test(value));
    expect(texts.length).toBeGreaterThan(0);
    expect(plain).toEqual([]);
  });

  test("no stack has a temporary folder", () => {
    vi.stubEnv("TMPDIR", path.join(outdir, "no such folder"));
    expect(() => synthesize(outdir, prod)).not.toThrow();
  });
});

test("Error and cdktf are as before afterwards, even if it fails", () => {
  const before = [Error.captureStackTrace, Tokenization.resolve];
  const failing = () => {
    throw new Error("of a construct");
  };
  expect(() => synthesize(outdir, failing)).toThrow("of a construct");
  expect([Error.captureStackTrace, Tokenization.resolve]).toEqual(before);
});

test.each(["prod", "preprod", "lab"])("%s: the JSON is what cdktf itself writes", (name) => {
  synthesize(outdir, (app) => void new NocodbStack(app, environment(name)));
  const own = new NocodbStack(Testing.app({ outdir }), environment(name));
  const { "//": _, ...expected } = JSON.parse(JSON.stringify(own.toTerraform()));
  const { "//": __, ...written } = JSON.parse(readFileSync(path.join(outdir, `stacks/${name}/cdk.tf.json`), "utf8"));
  expect(written).toEqual(expected);
});

describe("the programs of a stack", () => {
  beforeEach(() => synthesize(outdir, prod));
  const program = () => path.join(outdir, programs, "caddy-site/apply.sh");

  test("are not written again if they are the same", () => {
    const before = statSync(program()).mtimeMs;
    synthesize(outdir, prod);
    expect(statSync(program()).mtimeMs).toBe(before);
  });

  test("are restored, whatever has become of them and of the folder", () => {
    const files = filesIn(outdir);
    writeFileSync(program(), "something else");
    chmodSync(program(), 0o600);
    rmSync(path.join(outdir, programs, "run-remote.sh"));
    mkdirSync(path.join(outdir, programs, "former"));
    writeFileSync(path.join(outdir, programs, "former/apply.sh"), "of another version");
    synthesize(outdir, prod);
    expect(filesIn(outdir)).toEqual(files);
    expect(statSync(program()).mode & 0o777).toBe(0o644);
  });
});
