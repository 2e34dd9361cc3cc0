// Gives a service on Node.js its secrets as variables, before the service itself starts: Node.js loads this file because
// of NODE_OPTIONS=--require=<this file>. So neither Docker nor anyone who may only ask Docker knows them.
//
// If a file variables.json is beside this one, it holds further variables: a service of a cluster gets them in that way,
// because the docker provider sends several variables in an order that changes, which the engine takes for another service.
//
// If a file wait-<host name> is beside this one, the process stops at its first connection, or before it listens, until
// that file is gone: its predecessor still serves, and two instances must not write at once.
"use strict";
const { existsSync, readFileSync, writeSync } = require("node:fs");
const { Server, Socket } = require("node:net");
const { hostname } = require("node:os");
const { join } = require("node:path");

const variablesFile = join(__dirname, "variables.json");
if (existsSync(variablesFile)) Object.assign(process.env, JSON.parse(readFileSync(variablesFile, "utf8")));

const lines = readFileSync(join(__dirname, "values"), "utf8").split("\n");
const secrets = new Map(lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));

for (const [name, value] of Object.entries(process.env)) {
  process.env[name] = value.replace(/\$\{secret:(\w+)\}/g, (text, secret) =>
    secrets.has(secret) ? encodeURIComponent(secrets.get(secret)) : text,
  );
}
for (const [name, value] of secrets) if (name !== "") process.env[name] = value;

const waitFile = join(__dirname, `wait-${hostname()}`);
if (existsSync(waitFile)) {
  waitBefore(Socket.prototype, "connect");
  waitBefore(Server.prototype, "listen");
}

function waitBefore(prototype, name) {
  const original = prototype[name];
  prototype[name] = function (...given) {
    wait();
    return original.apply(this, given);
  };
}

// It blocks the whole process on purpose: nothing else may go on meanwhile.
function wait() {
  if (!existsSync(waitFile)) return;
  writeSync(2, "loaded, and waiting for its predecessor to stop\n");
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(waitFile)) Atomics.wait(never, 0, 0, 50);
}
