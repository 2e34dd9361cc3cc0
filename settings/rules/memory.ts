import { parseImage } from "../../constructs/service-container/image-reference.js";
import type { Finding } from "../diagnostics/problems.js";

/** The least MiB in which NocoDB starts: 0.301.3 started in 220 and was killed in 180. */
export const leastMemory = 220;
/** The least MiB of V8 heap that NocoDB needs: it worked with 192 and crashed with 128. */
export const leastHeap = 192;

/**
 * The default limit in MiB. 384 and 256 were measured with 0.301.3. Nobody has measured a calendar version with this app;
 * 512 is what a server in production needed. An image whose version cannot be told, such as one with only a digest,
 * counts as the newest.
 */
export function defaultMemory(environment: string, image: unknown): number {
  const release = typeof image === "string" ? parseImage(image)?.release : undefined;
  if (release?.numbers[0] !== 0) return 512;
  return environment === "prod" ? 384 : 256;
}

const form = /^(\d+)([MG])$/;

/** MiB in "384M" or "1G"; undefined for text of another form. */
export function parseMemory(text: string): number | undefined {
  const match = form.exec(text);
  return match === null ? undefined : Number(match[1]) * (match[2] === "G" ? 1024 : 1);
}

/** An amount of memory with its unit. */
export function memoryForm(text: string): Finding | undefined {
  const mebibytes = parseMemory(text);
  if (mebibytes === undefined) {
    const meant = /^(\d+(?:\.\d+)?)\s*([mg]?)(?:i?b)?$/i.exec(text);
    const amount = meant === null ? 0 : Number(meant[1]) * (meant[2]?.toLowerCase() === "g" ? 1024 : 1);
    return {
      message: "is not an amount of memory",
      remedy: "write a whole number with M or G, such as 384M",
      suggestion: amount >= 6 && Number.isInteger(amount) ? `did you mean ${amount}M?` : undefined,
    };
  }
  // Docker refuses a limit under 6 MiB; a TiB for one container is a typing error.
  if (mebibytes < 6 || mebibytes > 1024 * 1024) {
    return { message: "must be between 6M and 1024G", remedy: "set what the container needs, such as 384M" };
  }
  return undefined;
}

/**
 * V8's old-space limit (--max-old-space-size) for a container's memory limit, both in MiB.
 *
 * A sixth of the limit, and at least 64 MiB, remains for code, buffers and threads. This reproduces the two pairs known to
 * work, 256 -> 192 and 512 -> 430, and never goes below the 192 that NocoDB needs.
 */
export function heapMiB(memoryMiB: number): number {
  return Math.max(leastHeap, memoryMiB - Math.max(64, Math.ceil(memoryMiB * 0.16)));
}

/** The heap that a NODE_OPTIONS value requests, in MiB. Node takes the last one, with - or _ and with = or a space. */
export function heapInNodeOptions(nodeOptions: string): number | undefined {
  const asked = [...nodeOptions.matchAll(/--max[-_]old[-_]space[-_]size[=\s]+(\d+)/g)];
  return asked.length === 0 ? undefined : Number(asked.at(-1)![1]);
}
