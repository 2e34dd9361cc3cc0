import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Finding } from "./problems.js";

/** settings/security-floor.yaml. */
export interface SecurityFloor {
  date: string;
  version: string;
  why: string;
  fixes: { cve: string; fixed: string }[];
}

export const securityFloor: SecurityFloor = parse(
  readFileSync(new URL("./security-floor.yaml", import.meta.url), "utf8"),
);

const reference =
  /^(?<repository>(?:[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** The form of an image reference: repository with a tag, a sha256 digest, or both; never `latest`. */
export function pinnedImage(image: string): Finding | undefined {
  const remedy = `pin a version, such as nocodb/nocodb:${securityFloor.version}`;
  const parts = reference.exec(image)?.groups;
  if (parts === undefined) return { message: "is no image reference", remedy };
  if (parts.tag === "latest" && parts.digest === undefined) {
    return { message: "follows `latest`, which changes under a running deployment", remedy };
  }
  if (parts.tag === undefined && parts.digest === undefined) {
    return { message: "has neither tag nor digest, so Docker would take `latest`", remedy };
  }
  return undefined;
}

/** The acknowledgement that lets an image below the floor, or one that cannot be judged, through. */
export const belowFloor = "image-below-security-floor";

/** What an image lacks, as far as its tag tells; undefined for one at or above the floor and for a malformed one. */
export function lacksFixes(image: string, floor: SecurityFloor = securityFloor): Finding | undefined {
  const parts = reference.exec(image)?.groups;
  if (parts === undefined || pinnedImage(image) !== undefined) return undefined;
  const acknowledge = `or set acknowledgements.${belowFloor} to the reason for staying`;
  const version = releaseOf(parts.tag);
  if (version === undefined) {
    const remedy = `pin a released version of at least ${floor.version}, ${acknowledge}`;
    return { message: "names no released version, so its security fixes cannot be judged", remedy };
  }
  if (!isBefore(version, releaseOf(floor.version)!)) return undefined;
  const missing = floor.fixes.filter(({ fixed }) => isBefore(version, releaseOf(fixed)!)).map(({ cve }) => cve);
  const lacks = missing.length === 0 ? "" : `: lacks the fixes of ${missing.join(", ")}`;
  return {
    message: `is below the security floor ${floor.version} of ${floor.date}${lacks}`,
    remedy: `pin at least ${floor.version}, ${acknowledge}`,
  };
}

/** The numbers of a calendar version (2026.09.0) or of an old one (0.301.3); undefined for any other tag. */
function releaseOf(tag: string | undefined): number[] | undefined {
  return tag !== undefined && /^(?:20\d\d\.(?:0[1-9]|1[0-2])\.\d+|0\.\d+\.\d+)$/.test(tag)
    ? tag.split(".").map(Number)
    : undefined;
}

function isBefore(version: number[], other: number[]): boolean {
  const differs = version.findIndex((part, index) => part !== other[index]);
  return differs !== -1 && version[differs]! < other[differs]!;
}
