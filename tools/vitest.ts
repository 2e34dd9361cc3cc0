import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Counts } from "./counts-reporter.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a project of vitest and returns its counts. A run that fails for a reason that no test names, such as a crash,
 * counts as one failure.
 */
export function vitest(project: string, parameters: string[], more: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const reporters = ["--reporter=default", "--reporter=./tools/counts-reporter.ts"];
  return new Promise((resolve) => {
    let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
    const child = spawn(
      `${root}/node_modules/.bin/vitest`,
      ["run", "--project", project, ...reporters, ...parameters],
      {
        cwd: root,
        env: { ...process.env, ...more },
        stdio: ["inherit", "inherit", "inherit", "ipc"],
      },
    );
    const end = (code: number | null) => resolve(code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 });
    child.on("message", (sent) => {
      counts = sent as Counts;
    });
    child.on("error", () => end(null));
    child.on("close", end);
  });
}
