import path from "node:path";
import type { Finding } from "../diagnostics/problems.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const control = /[\u0000-\u001f\u007f]/;

/**
 * A path on the host that Docker can mount: absolute, normalized, and without characters that a shell would expand or that
 * would split a list of mounts or requirements.
 */
export function hostPath(value: string): Finding | undefined {
  const remedy = "write the full path on the host, such as /opt/acme";
  if (control.test(value)) return { message: "contains a control character", remedy };
  if (value.startsWith("~")) {
    return { message: "starts with ~, which only a shell expands", remedy: "write ${env:HOME} or the full path" };
  }
  if (!value.startsWith("/")) return { message: "must be absolute", remedy };
  if (/[:,]/.test(value)) return { message: "contains a colon or comma, which Docker cannot mount", remedy };
  if (/[\s%$"'`\\*?[]/.test(value)) {
    return { message: "contains a space, quote, %, $, backslash or wildcard", remedy: "choose another directory" };
  }
  const normalized = path.posix.normalize(value).replace(/(?<=.)\/$/, "");
  if (normalized !== value) {
    const suggestion = value.split("/").includes("..") ? undefined : `did you mean ${normalized}?`;
    return { message: "must be normalized: without ., .., a double slash or a slash at the end", remedy, suggestion };
  }
  return value === "/" ? { message: "is the root directory of the host", remedy } : undefined;
}

/**
 * A file on the operator's machine that ssh reads. ssh expands ~/, but also % tokens and $ variables.
 */
export function localFile(value: string): Finding | undefined {
  const remedy = "write the full path, or one that starts with ~/";
  if (control.test(value)) return { message: "contains a control character", remedy };
  if (!value.startsWith("/") && !value.startsWith("~/")) {
    return { message: "must be absolute or start with ~/", remedy };
  }
  if (/[%$"'\\]/.test(value)) {
    return { message: "contains a quote, %, $ or backslash, which ssh would interpret", remedy: "rename the file" };
  }
  return value.endsWith("/") ? { message: "is a directory", remedy: "set a file in it" } : undefined;
}

/** The same for `ssh -F`, which does not expand ~/; `none` means no file. */
export function sshConfigFile(value: string): Finding | undefined {
  if (value === "none") return undefined;
  if (value.startsWith("/")) return localFile(value);
  return { message: "must be absolute, or none", remedy: "write the full path, or none to read no such file" };
}

/** One line of text, as env files and command lines need it. */
export function oneLine(value: string): Finding | undefined {
  if (!control.test(value)) return undefined;
  return { message: "contains a line break or another control character", remedy: "write it on one line" };
}
