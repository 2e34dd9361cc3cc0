// Asks Redis or a bucket whether NocoDB can use it, from a container with NocoDB's image on NocoDB's networks, so with the
// names and certificates that NocoDB sees. Reads lines KEY=VALUE from standard input: kind=redis with host, port, tls,
// database and password, or kind=bucket with origin, path, region, key and secret. Changes nothing. Prints one line that
// begins with `= `, then what is wrong, or nothing if all is well.
"use strict";
const { createHash, createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { connect } = require("node:net");
const tls = require("node:tls");

const TIMEOUT_MS = 5000;
const input = Object.fromEntries(
  readFileSync(0, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
);

function redis({ host, port, tls: encrypted, database, password }) {
  return new Promise((done) => {
    const socket = encrypted === "tls" ? tls.connect({ host, port, servername: host }) : connect({ host, port });
    const say = (...words) =>
      `*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join("")}`;
    let said = "";
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.on("error", (error) => done(`does not answer: ${error.message}`));
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("close", () => done(judge(said, password !== "")));
    socket.write(
      [
        ...(password === "" ? [] : [say("AUTH", password)]),
        say("SELECT", String(Number(database) + 1)),
        say("SELECT", database),
        say("SCAN", "0", "COUNT", "10000"),
        say("QUIT"),
      ].join(""),
    );
  });
}

function judge(said, hasPassword) {
  const error = /^-(.*)\r$/m.exec(said)?.[1];
  if (error !== undefined && /^NOAUTH/.test(error)) return "asks for a password";
  if (error !== undefined && hasPassword && /^WRONGPASS|invalid password/.test(error)) return "refuses the password";
  if (error !== undefined && /^ERR (?:Client sent )?AUTH/i.test(error)) return "has no password, but one is set";
  if (error !== undefined) return `refuses: ${error}`;
  if (said === "") return "closed the connection without an answer";
  const [cursor, ...keys] = [...said.matchAll(/\$\d+\r\n([^\r\n]*)\r\n/g)].map(([, text]) => text);
  const foreign = keys.filter((key) => !/^[^:]+:noco:/.test(key));
  if (foreign.length === 0) return "";
  const count = `${cursor === "0" ? "" : "at least "}${foreign.length}`;
  return `database holds keys that are not NocoDB's: ${count}, such as ${foreign[0]}`;
}

/** A read of an object that does not exist: it tells bucket, region and keys apart, and needs no right but to read. */
async function bucket({ origin, path, region, key, secret }) {
  const address = new URL(`${origin}${path}/nc/uploads/nocodb-host-check`);
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const sha = (text) => createHash("sha256").update(text).digest("hex");
  const sign = (by, text) => createHmac("sha256", by).update(text).digest();
  const scope = `${now.slice(0, 8)}/${region}/s3/aws4_request`;
  const headers = { host: address.host, "x-amz-content-sha256": sha(""), "x-amz-date": now };
  const names = Object.keys(headers).join(";");
  const canonical = `GET\n${address.pathname}\n\n${Object.entries(headers)
    .map(([name, value]) => `${name}:${value}\n`)
    .join("")}\n${names}\n${sha("")}`;
  const by = [now.slice(0, 8), region, "s3", "aws4_request"].reduce(sign, `AWS4${secret}`);
  const signature = sign(by, `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha(canonical)}`).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const { host: _, ...sent } = headers;
  try {
    const options = {
      headers: { ...sent, authorization },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const response = await fetch(address, options);
    const text = await response.text();
    const code = /<Code>([^<]*)</.exec(text)?.[1] ?? `status ${response.status}`;
    if (response.ok || code === "NoSuchKey") return "";
    // Whoever may not list a bucket is refused an object that does not exist, and AWS then names that right.
    if (code === "AccessDenied") return /<Message>[^<]*s3:ListBucket/.test(text) ? "" : "denies reading (AccessDenied)";
    if (code === "NoSuchBucket") return "does not exist";
    if (response.status === 403) return `refuses the keys (${code})`;
    if (/^(?:PermanentRedirect|AuthorizationHeaderMalformed|status 301)$/.test(code))
      return `is in another region (${code})`;
    return `answers ${code}`;
  } catch (error) {
    return `does not answer: ${error.cause?.message || error.message}`;
  }
}

const check = input.kind === "redis" ? redis : bucket;
check(input).then((problem) => {
  console.log(`= ${problem.replace(/\s+/g, " ")}`);
  process.exit(0);
});
