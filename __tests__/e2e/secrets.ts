import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { must, run } from "../../lab/command.js";
import type { Deployment } from "../../lab/deployment.js";
import type { Instance } from "../../lab/instance.js";
import type { Host } from "./host.js";

/** How a secret may appear in a text. Its runs of letters and digits survive any quoting and any other encoding. */
const FORMS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  clear: (value) => [value, ...(value.match(/[A-Za-z0-9]{8,}/g) ?? [])],
  "percent-encoded": (value) => [encodeURIComponent(value)],
  base64: (value) => [Buffer.from(value).toString("base64")],
  "SHA-256": (value) => [createHash("sha256").update(value).digest("hex")],
};

/** The secrets of a deployment, in use and earlier, to search for in texts. */
export class Secrets {
  /** Values by the secret's name. */
  private readonly values = new Map<string, Set<string>>();

  /** Learns the secrets that the host keeps now, and those that the next deploy puts into use. */
  async learn(host: Host): Promise<void> {
    for (const file of ["values", "pending"] as const) {
      for (const [name, value] of Object.entries(await host.secrets(file))) this.note(name, value);
    }
  }

  note(name: string, value: string): void {
    if (value !== "") this.values.set(name, new Set([...(this.values.get(name) ?? []), value]));
  }

  get count(): number {
    return this.values.size;
  }

  /** Names of the secrets that a text contains in any form, completely or in part, even if it is broken into lines. */
  foundIn(text: string): string[] {
    const unbroken = withoutBreaks(text);
    const found = [...this.forms()].filter(({ form }) => unbroken.includes(withoutBreaks(form)));
    return [...new Set(found.map(({ name }) => name))];
  }

  /** One form a line, for `grep -F -f -`. */
  get patterns(): string {
    return [...this.forms()].map(({ form }) => `${form}\n`).join("");
  }

  /** Every form of every secret. */
  *forms(): Generator<{ readonly name: string; readonly kind: string; readonly form: string }> {
    for (const [name, values] of this.values) {
      for (const value of values) {
        for (const [kind, formsOf] of Object.entries(FORMS)) {
          for (const form of formsOf(value)) yield { name, kind, form };
        }
      }
    }
  }
}

/** Without white space and the frame that Terraform draws. */
function withoutBreaks(text: string): string {
  return text.replace(/[\s│╷╵]+/g, "");
}

/** Everything that Terraform keeps: state and its backup; the last plan as bytes, unpacked, and as JSON; the outputs. */
export async function keptByTerraform(deployment: Deployment): Promise<Record<string, string>> {
  const { stateFile, planFile } = deployment;
  return {
    state: await readFile(stateFile, "utf8"),
    "state backup": await readFile(`${stateFile}.backup`, "utf8"),
    "plan, as bytes": (await readFile(planFile)).toString("latin1"),
    "plan, unpacked": await must(["unzip", "-p", planFile]),
    "plan as JSON": await deployment.savedPlan(),
    outputs: JSON.stringify(await deployment.outputs()),
  };
}

/** What `docker inspect` shows of every container of an instance, by the container's name. */
export async function inspectedContainers({ name }: Instance): Promise<Record<string, string>> {
  const ids = (await must(["docker", "ps", "-aq", "--filter", `name=^/${name}_`])).split("\n");
  const inspected = JSON.parse(await must(["docker", "inspect", ...ids])) as { Name: string }[];
  return Object.fromEntries(inspected.map((each) => [each.Name.slice(1), JSON.stringify(each)]));
}

/** Files on the host with one of the secrets, as far as a user can read them. */
export async function filesWithSecrets(secrets: Secrets, instance: Instance, user: string): Promise<string[]> {
  const grep = ["grep", "-rslF", "--devices=skip", "-f", "-", instance.baseDirectory, "/tmp", "/var", "/run", "/home"];
  const argv = ["docker", "exec", "-i", "-u", user, instance.containers.sshd, ...grep];
  const { stdout } = await run(argv, { input: secrets.patterns });
  return stdout.split("\n").filter((file) => file !== "");
}

/** The files below a folder that users other than its owner can read, if they can reach the folder itself. */
export async function readableByOthers(folder: string): Promise<string[]> {
  const { mode } = await lstat(folder);
  if ((mode & 0o011) === 0) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries.map(async (entry): Promise<string[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return readableByOthers(path);
    return entry.isFile() && ((await lstat(path)).mode & 0o044) !== 0 ? [path] : [];
  });
  return (await Promise.all(below)).flat();
}
