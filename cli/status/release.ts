import { parseImage, parseRelease } from "../../constructs/service-container/image-reference.js";
import type { Environment } from "../../settings/environment.js";
import { belowFloor, lacksFixes, securityFloor } from "../../settings/rules/image.js";
import type { Row } from "./rows.js";

/**
 * The release that the environment file pins, beside the newest one that this app knows. An environment file with an
 * image below the security floor is valid only with a reason.
 */
export function releaseRow({ image, acknowledgements }: Environment): Row {
  const lacks = lacksFixes(image);
  const judged = lacks
    ? `${lacks.message.replace(/: lacks.*/, "")}, accepted: ${acknowledgements[belowFloor]}`
    : `is not below the security floor ${securityFloor.version} of ${securityFloor.date}`;
  return { name: "release", result: "ok", detail: `newest known ${newestKnown(image)}; the image ${judged}`, fix: "" };
}

/** The security floor is raised with each newer fix, so only the pinned release itself can be newer. */
function newestKnown(image: string): string {
  const pinned = parseImage(image)?.release;
  const floor = parseRelease(securityFloor.version)!;
  return pinned && pinned.key > floor.key ? parseImage(image)!.tag! : securityFloor.version;
}
