import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const program = fileURLToPath(new URL("../../../../constructs/nocodb/storage-check.cjs", import.meta.url));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Starts a server on this machine. Returns its port. */
function listening(server: Server): Promise<number> {
  servers.push(server);
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port)));
}

/** What the check prints about a storage. */
function checked(storage: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((done) => {
    const check = spawn("node", [program], { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    check.stdout.on("data", (data) => {
      said += data;
    });
    check.on("close", () => done(said));
    check.stdin.end(
      Object.entries(storage)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  });
}

describe("a Redis", () => {
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  /** One that says it has these keys, and more if the cursor is not 0. */
  const redis = async (keys: readonly string[], cursor = "0") => {
    const scan = `*2\r\n${bulk(cursor)}*${keys.length}\r\n${keys.map(bulk).join("")}`;
    const port = await listening(createServer((socket) => socket.end(`+OK\r\n+OK\r\n${scan}+OK\r\n`)));
    return checked({ kind: "redis", host: "127.0.0.1", port: String(port), tls: "plain", database: "0", password: "" });
  };

  test("may hold keys of NocoDB", async () => {
    expect(await redis([])).toBe("= \n");
    expect(await redis(["nc:noco:a", "nc:noco:b"])).toBe("= \n");
  });

  test("may not hold others, and only those are counted", async () => {
    const holds = "= database holds keys that are not NocoDB's: ";
    expect(await redis(["nc:noco:a", "bull:mail:1", "nc:noco:b"])).toBe(`${holds}1, such as bull:mail:1\n`);
    expect(await redis(["a", "b", "nc:noco:b"], "4096")).toBe(`${holds}at least 2, such as a\n`);
  });
});

describe("a bucket", () => {
  const bucket = async (status: number, code: string, message = "Access Denied") => {
    const port = await listening(
      createHttpServer((_, response) => {
        response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
      }),
    );
    const origin = `http://127.0.0.1:${port}`;
    return checked({ kind: "bucket", origin, path: "/acme", region: "eu-1", key: "key", secret: "secret" });
  };

  test("is fine if it says that it does not have the object, or if only a list is denied", async () => {
    expect(await bucket(404, "NoSuchKey")).toBe("= \n");
    const list = "User: a is not authorized to perform: s3:ListBucket on resource: b";
    expect(await bucket(403, "AccessDenied", list)).toBe("= \n");
  });

  test("is not if it denies reading", async () => {
    expect(await bucket(403, "AccessDenied")).toBe("= denies reading (AccessDenied)\n");
    const read = "User: a is not authorized to perform: s3:GetObject on resource: b";
    expect(await bucket(403, "AccessDenied", read)).toBe("= denies reading (AccessDenied)\n");
  });
});

describe("a plan asks from a container, and", () => {
  const functions = library("nocodb/requirements.sh");
  const secrets = scratch("secrets");
  writeFileSync(
    path.join(secrets, "values"),
    "REDIS_PASSWORD=s3cret\nNC_S3_ACCESS_KEY=key\nNC_S3_ACCESS_SECRET=s3cret\n",
  );
  /** What it says of a requirement if docker answers as the cases say; otherwise with nothing. */
  const said = (requirement: string, cases: string) => {
    const first = scratch("docker");
    writeFileSync(path.join(first, "docker"), `#!/bin/sh\ncase "$*" in\n${cases}\nesac\n`, { mode: 0o755 });
    const { stdout, stderr } = call(functions, ["eval", `problems=; require_${requirement}; printf '%s' "$problems"`], {
      first,
    });
    expect(stderr).toBe("");
    expect(stdout).not.toContain("s3cret");
    return stdout;
  };
  const redis = `redis nocodb/nocodb:1 ${secrets} redis 6379 plain 0 secret acme_backend`;
  const bucket = `bucket nocodb/nocodb:1 ${secrets} https://s3.example.com acme eu-1 path acme_backend`;
  const created = "'create '*) echo asker ;;";

  test("waits for the deploy if image or networks are not there yet", () => {
    expect(said(redis, "'image inspect '*) exit 1 ;;")).toBe("");
    expect(said(bucket, "'network inspect '*) exit 1 ;;")).toBe("");
  });

  test("is content with an answer without a problem", () => {
    expect(said(redis, `${created}\n'start '*) echo 'a warning' >&2; echo '= ' ;;`)).toBe("");
  });

  test("says if the container cannot be created, started, or does not answer", () => {
    const cannot = "redis: Redis at redis:6379 (database 0, password: secret) cannot be asked: ";
    const full = "echo 'Error: no space left on device' >&2; exit 1 ;;";
    expect(said(redis, `'create '*) ${full}`)).toContain(`${cannot}Error: no space left on device: `);
    expect(said(redis, `${created}\n'start '*) ${full}`)).toContain(`${cannot}Error: no space left on device: `);
    expect(said(bucket, `${created}\n'start '*) exit 0 ;;`)).toContain("cannot be asked: no answer within 20 s: ");
  });

  test("asks a second time, because the first containers of an overlay network may fail to start", () => {
    const once = path.join(scratch("once"), "started");
    expect(said(redis, `${created}\n'start '*) [ -e ${once} ] && echo '= ' || { : >${once}; exit 1; } ;;`)).toBe("");
  });

  test("says which rights are missing", () => {
    const text = said(bucket, `${created}\n'start '*) echo '= denies reading (AccessDenied)' ;;`);
    expect(text).toContain("attachments.s3: bucket acme at https://s3.example.com (region eu-1) denies reading");
    expect(text).toContain("s3:GetObject, s3:PutObject and s3:DeleteObject");
  });
});
