import path from "node:path";
import type { Finding } from "./problems.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const control = /[\u0000-\u001f\u007f]/;

/**
 * A path on the host that Docker can mount: absolute, normalised, no control character, and nothing that a list
 * of mounts or of requirements would split at or a shell would replace.
 */
export function hostPath(value: string): Finding | undefined {
  const remedy = "write the full path on the host, such as /opt/acme";
  if (control.test(value)) return { message: "holds a control character", remedy };
  if (value.startsWith("~")) {
    return { message: "begins with ~, which only a shell replaces", remedy: "write ${env:HOME} or the full path" };
  }
  if (!value.startsWith("/")) return { message: "must be absolute", remedy };
  if (/[:,]/.test(value)) return { message: "holds a colon or comma, which Docker cannot mount", remedy };
  if (/[\s%$"'`\\*?[]/.test(value)) {
    return { message: "holds a blank, quote, %, $, backslash or wildcard", remedy: "choose another directory" };
  }
  const normalised = path.posix.normalize(value).replace(/(?<=.)\/$/, "");
  if (normalised !== value) {
    const suggestion = value.split("/").includes("..") ? undefined : `did you mean ${normalised}?`;
    return { message: "must be normalised: no . or .., no double or final slash", remedy, suggestion };
  }
  return value === "/" ? { message: "is the root of the host", remedy } : undefined;
}

/**
 * A file beside the operator that ssh reads. ssh itself replaces ~/, and would replace % tokens and $ variables; it
 * takes a blank for the end of the path.
 */
export function localFile(value: string): Finding | undefined {
  const remedy = "write the full path, or one that begins with ~/";
  if (control.test(value)) return { message: "holds a control character", remedy };
  if (!value.startsWith("/") && !value.startsWith("~/")) {
    return { message: "must be absolute or begin with ~/", remedy };
  }
  if (/[\s%$"']/.test(value)) {
    return { message: "holds a blank, quote, % or $, which ssh does not take as it is", remedy: "rename the file" };
  }
  return value.endsWith("/") ? { message: "names a directory", remedy: "name the file in it" } : undefined;
}

/** The same for `ssh -F`, which takes ~/ for a directory of that name; `none` is no file at all. */
export function sshConfigFile(value: string): Finding | undefined {
  if (value === "none") return undefined;
  if (value.startsWith("/")) return localFile(value);
  return { message: "must be absolute, or none", remedy: "write the full path, or none to read no such file" };
}

/** One line of text: an env file and a command line hold no others. */
export function oneLine(value: string): Finding | undefined {
  if (!control.test(value)) return undefined;
  return { message: "holds a line break or another control character", remedy: "write it on one line" };
}
