import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends, copySources, filesIn, root, synthIn } from "../support/working-copy.js";

const directory = realpathSync(mkdtempSync(path.join(tmpdir(), "stack-directory-")));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Variables that a machine may have, and values that no file may contain. */
const secrets = {
  TF_TOKEN_app_terraform_io: "secret-of-the-cloud",
  PG_CONN_STR: "postgres://secret-of-postgresql@db/state",
  AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
  SSH_AUTH_SOCK: "/run/secret-of-the-agent",
};

interface Machine {
  /** Where the clone is. */
  readonly clone: string;
  readonly umask: string;
  readonly env: Record<string, string>;
}

/** Clones the sources as on a machine, with the modes of its umask, and synthesizes. */
function synthOn({ clone, umask, env }: Machine): string {
  copySources(clone);
  symlinkSync(path.join(root, "node_modules"), path.join(clone, "node_modules"));
  for (const each of [env.HOME!, env.TMPDIR!]) mkdirSync(each, { recursive: true });
  const checkout = umask === "077" ? "go-rwx" : "ug+rwx";
  return synthIn(clone, env, `umask ${umask} && chmod -R ${checkout} main.ts cli constructs &&`);
}

/** Every file and folder by its path: kind, mode, and the digest of a file. */
function contents(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const entries = paths.map((each) => {
    const stat = lstatSync(path.join(folder, each));
    const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "neither file nor folder";
    const mode = (stat.mode & 0o7777).toString(8);
    const sum = stat.isFile()
      ? createHash("sha256")
          .update(readFileSync(path.join(folder, each)))
          .digest("hex")
      : "";
    return [each, `${kind} ${mode} ${sum}`];
  });
  return Object.fromEntries(entries);
}

const here: Machine = {
  clone: path.join(directory, "home/ann/nocodb"),
  umask: "022",
  env: { HOME: path.join(directory, "home/ann"), TMPDIR: path.join(directory, "tmp-ann"), ...secrets },
};
const there: Machine = {
  clone: path.join(directory, "builds/another clone"),
  umask: "077",
  env: {
    HOME: path.join(directory, "home of ben"),
    TMPDIR: path.join(directory, "tmp of ben"),
    ...{ USER: "ben", LOGNAME: "ben", TZ: "Pacific/Auckland", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", CI: "true" },
  },
};

describe("the directory of a stack", () => {
  let out: string;
  let other: string;
  beforeAll(() => {
    out = synthOn(here);
    other = synthOn(there);
  }, 120_000);

  const environments = Object.keys(backends);

  test("is the same on every machine: bytes, modes, and the manifest beside it", () => {
    const made = contents(out);
    expect(Object.keys(made)).toEqual(
      expect.arrayContaining(["manifest.json", ...environments.map((name) => `stacks/${name}/cdk.tf.json`)]),
    );
    expect(contents(other)).toEqual(made);
  });

  test("consists of files and folders only, readable for everyone", () => {
    const odd = Object.entries(contents(path.join(out, "stacks"))).filter(
      ([, what]) => !/^(file 644|folder 755) /.test(what),
    );
    expect(odd).toEqual([]);
  });

  test("limits what a remote run receives, if there are remote runs: not what Terraform has left there", () => {
    const ignores = environments.filter((name) => existsSync(path.join(out, "stacks", name, ".terraformignore")));
    expect(ignores).toEqual(
      environments.filter((name) => /"type":"(cloud|remote)"/.test(JSON.stringify(backends[name]))),
    );
  });

  test.each(environments)("%s: contains nothing of the machine that made it", (environment) => {
    const own = [here.clone, here.env.HOME!, here.env.TMPDIR!, root, process.execPath];
    const unwanted = [...own, ...Object.values(secrets)];
    for (const [file, text] of Object.entries(filesIn(path.join(out, "stacks", environment)))) {
      for (const each of unwanted) expect(text, file).not.toContain(each);
    }
  });

  test.each(environments.filter((name) => name !== "prod"))("%s: refers to nothing outside", (environment) => {
    const folder = path.join(out, "stacks", environment);
    const json = readFileSync(path.join(folder, "cdk.tf.json"), "utf8");
    expect(json).not.toContain("../");
    const assets = [...json.matchAll(/assets\/[\w./-]+/g)].map(([place]) => place);
    expect(assets.length).toBeGreaterThan(0);
    expect(assets.filter((place) => !existsSync(path.join(folder, place)))).toEqual([]);
  });

  test("prod: refers to nothing outside except its state", () => {
    const json = readFileSync(path.join(out, "stacks/prod/cdk.tf.json"), "utf8");
    expect(json.match(/"[^"\n]*\.\.\/[^"\n]*"/g)).toEqual(['"../../../state/prod.tfstate"']);
  });
});
