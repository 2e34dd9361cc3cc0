import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseImage, parseRelease, type Release } from "../../constructs/service-container/image-reference.js";
import type { Finding } from "../diagnostics/problems.js";

/** settings/security-floor.yaml. */
export interface SecurityFloor {
  date: string;
  version: string;
  why: string;
  fixes: { cve: string; fixed: string }[];
}

export const securityFloor: SecurityFloor = parse(
  readFileSync(new URL("../security-floor.yaml", import.meta.url), "utf8"),
);

/** An image reference with a tag, a digest or both; never `latest` alone. */
export function pinnedImage(image: string): Finding | undefined {
  const remedy = `pin a version, such as nocodb/nocodb:${securityFloor.version}`;
  const parts = parseImage(image);
  if (parts === undefined) return { message: "is not an image reference", remedy };
  if (parts.digest !== undefined) return undefined;
  if (parts.tag === "latest") {
    return { message: "follows `latest`, which changes under a running deployment", remedy };
  }
  return parts.tag === undefined
    ? { message: "has neither tag nor digest, so Docker would take `latest`", remedy }
    : undefined;
}

/** The acknowledgement that lets an image below the floor, or one that cannot be judged, through. */
export const belowFloor = "image-below-security-floor";

/** The security fixes that an image lacks, by its tag; undefined for one at or above the floor and for a malformed one. */
export function lacksFixes(image: string, floor: SecurityFloor = securityFloor): Finding | undefined {
  if (pinnedImage(image) !== undefined) return undefined;
  const acknowledge = `or set acknowledgements.${belowFloor} to the reason for staying`;
  const release = parseImage(image)?.release;
  if (release === undefined || !isOfNocodb(release)) {
    const remedy = `pin a released version of at least ${floor.version}, ${acknowledge}`;
    return { message: "does not name a version of NocoDB, so its security fixes cannot be judged", remedy };
  }
  const isBefore = (version: string) => release.key < parseRelease(version)!.key;
  if (!isBefore(floor.version)) return undefined;
  const missing = floor.fixes.filter(({ fixed }) => isBefore(fixed)).map(({ cve }) => cve);
  const lacks = missing.length === 0 ? "" : `: lacks the fixes of ${missing.join(", ")}`;
  return {
    message: `is below the security floor ${floor.version} of ${floor.date}${lacks}`,
    remedy: `pin at least ${floor.version}, ${acknowledge}`,
  };
}

/** NocoDB's versions are 0.301.3 and such, and since 2026.04.0 year, month and a number. */
function isOfNocodb({ numbers: [major, month, ...rest] }: Release): boolean {
  return rest.length === 1 && (major === 0 || (major! >= 2000 && major! < 2100 && month! >= 1 && month! <= 12));
}
