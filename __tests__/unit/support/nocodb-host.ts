import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { vi } from "vitest";
import { run } from "../../../cli/main.js";
import { environmentText } from "./environment-text.js";

export interface Ran {
  readonly code: number;
  /** What the program itself printed; what a host program prints on the terminal is not in it. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `npx nocodb-host` in this process, on environment files of its own. Programs that it starts (ssh, npx, terraform)
 * are stand-ins: shell scripts that record how they were called.
 */
export class NocodbHost {
  readonly folder = mkdtempSync(path.join(tmpdir(), "nocodb host-"));
  readonly environments = path.join(this.folder, "environments");
  private readonly bin = path.join(this.folder, "bin");

  /** @param environments settings over the least ones, by the environment's name; each but prod has its own project */
  constructor(environments: Readonly<Record<string, Record<string, unknown>>> = { prod: {} }) {
    mkdirSync(this.bin);
    mkdirSync(this.environments);
    for (const [name, over] of Object.entries(environments))
      this.write(name, environmentText({ project: name === "prod" ? "acme" : name, ...over }));
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.environments, `${name}.yaml`), text);
  }

  /** @param answer shell text; `$sent` is a file with what the stand-in got on standard input (npx gets the terminal) */
  standIn(program: string, answer: string): void {
    const records = path.join(this.folder, program);
    mkdirSync(records, { recursive: true });
    const script = `#!/bin/sh
number=$(ls "${records}" | wc -l)
# Another call may run at the same time.
until mkdir "${records}/$number" 2>/dev/null; do number=$((number + 1)); done
call="${records}/$number" sent="${records}/$number/sent"
printf '%s\\n' "$*" >"$call/words"
${program === "npx" ? ": >" : "cat >"}"$sent"
${answer}
`;
    writeFileSync(path.join(this.bin, program), script);
    chmodSync(path.join(this.bin, program), 0o755);
  }

  /** The words and the standard input of every call of a stand-in. */
  calls(program: string): { words: string; sent: string }[] {
    const records = path.join(this.folder, program);
    const numbers = existsSync(records) ? readdirSync(records).sort((one, other) => Number(one) - Number(other)) : [];
    const text = (call: string, file: string) => readFileSync(path.join(records, call, file), "utf8");
    return numbers.map((call) => ({ words: text(call, "words").trimEnd(), sent: text(call, "sent") }));
  }

  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    vi.stubEnv("PATH", `${this.bin}:${process.env.PATH}`);
    vi.stubEnv("NOCODB_ENVIRONMENTS", this.environments);
    vi.stubEnv("CDKTF_OUTDIR", undefined);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const said = { stdout: "", stderr: "" };
    const spies = [
      ...(["stdout", "stderr"] as const).map((stream) =>
        vi.spyOn(process[stream], "write").mockImplementation((text) => {
          said[stream] += String(text);
          return true;
        }),
      ),
      vi.spyOn(console, "log").mockImplementation((text) => {
        said.stdout += `${text}\n`;
      }),
      vi.spyOn(console, "error").mockImplementation((text) => {
        said.stderr += `${text}\n`;
      }),
    ];
    try {
      return { code: await run(words), ...said };
    } finally {
      for (const spy of spies) spy.mockRestore();
      vi.unstubAllEnvs();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The value of an input in what was sent to a host. */
export function inputIn(sent: string, name: string): string | undefined {
  return new RegExp(`^${name}='((?:[^']|'\\\\'')*)'$`, "m").exec(sent)?.[1];
}
