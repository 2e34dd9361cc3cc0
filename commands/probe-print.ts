// npm run probe-print: the SHA-256 of the probe, by which a key that can only look knows it (docs/terraform-cloud.md).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { PROBE } from "../constructs/probe.js";

const texts = ["common.sh", ...PROBE.filter((script) => script !== "common.sh")].map((script) =>
  readFileSync(new URL(`../constructs/host/${script}`, import.meta.url), "utf8"),
);
// As on-host.sh sends it: one line end in the place of those that a shell takes off.
console.log(
  createHash("sha256")
    .update(`${texts.join("").replace(/\n+$/, "")}\n`)
    .digest("hex"),
);
