import { createHash } from "node:crypto";
import { bundle } from "../constructs/remote-host/bundle.js";
import { programNames } from "../constructs/remote-host/link.mjs";
import { program } from "../constructs/remote-host/program.js";

/** The SHA-256 of each TypeScript file that a host program needs, as bundled, by its path. */
export function bundleDigests(): Record<string, string> {
  const files = programNames().flatMap((name) => program(name).files.filter((file) => file.endsWith(".ts")));
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  return Object.fromEntries([...new Set(files)].sort().map((file) => [file, digest(bundle(file))]));
}
