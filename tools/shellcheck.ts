import { existsSync } from "node:fs";
import path from "node:path";
import { run } from "../lab/command.js";

/** The scripts that shellcheck checks, as paths from `root`: those that git knows or would add. None outside a clone. */
export async function shellcheckTargets(root: string): Promise<string[]> {
  const list = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.sh", ".ci/run"];
  const { code, stdout } = await run(list, { cwd: root });
  const files = code === 0 ? stdout.split("\0") : [];
  return files.filter((file) => file !== "" && existsSync(path.join(root, file)));
}
