/** The version that a tag names. */
export interface Release {
  /** `2026.09.0` as [2026, 9, 0]. */
  readonly numbers: readonly number[];
  /**
   * Orders releases by plain byte comparison, in TypeScript as in `LC_ALL=C sort`; equal for `v0.301.3` and `0.301.3`.
   */
  readonly key: string;
}

/** An image reference by its parts, as they are written. */
export interface ImageReference {
  /** Registry, path and name, such as `registry.example.com:5000/mirror/nocodb`. */
  readonly repository: string;
  readonly tag?: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string | undefined;
  /** Undefined if the tag is not a version, such as `latest`. */
  readonly release?: Release | undefined;
}

const HOST = "[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\\d+)?";
const NAME = "[a-z0-9]+(?:[._/-]+[a-z0-9]+)*";
const REFERENCE = new RegExp(
  `^(?<repository>(?:${HOST}/)?${NAME})(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
);

// A suffix that is not one of these words (`-alpine`) is a variant of the same release.
const PRE_RELEASE = "(?:alpha|beta|canary|dev|next|nightly|pre|preview|rc|snapshot)";
const VERSION = new RegExp(
  `^v?(?<numbers>\\d{1,9}(?:\\.\\d{1,9})*)(?:[-._]?(?<word>${PRE_RELEASE})[-._]?(?<counts>(?:\\d{1,9}(?:[-.]\\d{1,9})*)?))?(?:[-_][a-z].*)?$`,
  "i",
);

/** Parses `repository[:tag][@digest]`; undefined if the text is not an image reference. */
export function parseImage(image: string): ImageReference | undefined {
  const parts = REFERENCE.exec(image)?.groups;
  if (parts === undefined) return undefined;
  const { repository, tag, digest } = parts;
  return { repository: repository!, tag, digest, release: tag === undefined ? undefined : parseRelease(tag) };
}

/** The release that a tag or a bare version names; undefined if it is not a version. */
export function parseRelease(version: string): Release | undefined {
  const parts = VERSION.exec(version)?.groups;
  if (parts === undefined) return undefined;
  const numbers = parts.numbers!.split(".").map(Number);
  // 2026.4 and 2026.04.0 are the same release.
  const significant = numbers.slice(0, 1 + numbers.findLastIndex((number) => number !== 0));
  const sortable = significant.map(padded).join(".");
  // "-" sorts before ".", so a pre-release comes before its release, and that before every longer version.
  if (parts.word === undefined) return { numbers, key: `${sortable}.` };
  const counts = parts.counts!.split(/[-.]/).filter(Boolean).map(Number);
  return { numbers, key: `${sortable}-${[parts.word.toLowerCase(), ...counts.map(padded)].join(".")}.` };
}

const padded = (number: number) => String(number).padStart(9, "0");

/** The sort key of an image's release, of digits, letters, `.` and `-`; empty if its tag is not a version. */
export function releaseKey(image: string): string {
  return parseImage(image)?.release?.key ?? "";
}

/** The tag of an image, or `unknown`; safe in a file name. */
export function versionLabel(image: string): string {
  return parseImage(image)?.tag ?? "unknown";
}
