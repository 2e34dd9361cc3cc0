import { readdirSync, readFileSync } from "node:fs";

/** Collects the command lines of this machine, on which Terraform and the CLI run, until `stop` returns them. */
export function watchCommandLines(): { readonly stop: () => string } {
  let seen = "";
  const timer = setInterval(() => {
    seen += commandLines();
  }, 20);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

function commandLines(): string {
  const line = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(line)
    .join("\n");
}
