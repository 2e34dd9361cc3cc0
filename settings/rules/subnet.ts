import { isIPv4 } from "node:net";
import type { Finding } from "../diagnostics/problems.js";

/** An IPv4 subnet by its first address, from /8 to /29. */
export function subnet(value: string): Finding | undefined {
  const [address, prefix, ...rest] = value.split("/");
  const bits = Number(prefix);
  if (rest.length > 0 || !isIPv4(address!) || !/^\d{1,2}$/.test(prefix ?? "") || bits < 8 || bits > 29) {
    return { message: "is not an IPv4 subnet with a prefix from /8 to /29", remedy: "write one such as 172.20.1.0/24" };
  }
  const number = address!.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const network = number - (number % 2 ** (32 - bits));
  if (network === number) return undefined;
  const first = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".");
  return {
    message: "is an address inside a subnet, not its first address",
    remedy: "write the first address",
    suggestion: `did you mean ${first}/${bits}?`,
  };
}
