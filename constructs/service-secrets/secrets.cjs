// Gives a service on Node.js its secrets as variables, before the service itself starts: Node.js loads this file because
// of NODE_OPTIONS=--require=<this file>. So neither Docker nor anyone who may only ask Docker knows them.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const lines = readFileSync(join(__dirname, "values"), "utf8").split("\n");
const secrets = new Map(lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));

for (const [name, value] of Object.entries(process.env)) {
  process.env[name] = value.replace(/\$\{secret:(\w+)\}/g, (text, secret) =>
    secrets.has(secret) ? encodeURIComponent(secrets.get(secret)) : text,
  );
}
for (const [name, value] of secrets) if (name !== "") process.env[name] = value;
