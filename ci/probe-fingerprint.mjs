// node ci/probe-fingerprint.mjs
//
// Prints the SHA-256 of the probe, by which a read-only key recognizes it (ci/read-only-key/). Needs no packages.
import { createHash } from "node:crypto";
import { link } from "../constructs/remote-host/link.mjs";

// run-remote.sh reads the program into a shell variable and sends it with a single line end.
const sent = `${link("remote-host/probe").text.replace(/\n+$/, "")}\n`;
console.log(createHash("sha256").update(sent).digest("hex"));
