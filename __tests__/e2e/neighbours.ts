import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { inContainer } from "../../lab/docker.js";
import type { Instance } from "../../lab/instance.js";
import { ask } from "../../lab/site.js";

const BLOCK = /^# BEGIN .+ \(kept by cdktf\)(, newline added)?\n[\s\S]*?^# END .+ \(kept by cdktf\)\n/m;

/** What is on the host beside NocoDB and must not be affected: another site, and the rest of the Caddyfile. */
export class Neighbours {
  /** Everything that went wrong with them so far. */
  readonly troubles: string[] = [];
  /** The Caddyfile without the site, as someone else wrote it. */
  outside = "";

  constructor(private readonly instance: Instance) {}

  async begin(): Promise<void> {
    this.outside = await readFile(this.instance.caddyfile, "utf8");
  }

  /**
   * Edits the Caddyfile outside the site, as someone else would; from then on this is what must not change.
   *
   * @param how an editor either writes into the file, or writes a new file and renames it
   */
  async editCaddyfile(how: "in place" | "by rename", change: (text: string) => string): Promise<void> {
    const { caddyfile, containers } = this.instance;
    const write = how === "in place" ? 'cat >"$1"' : 'cat >"$1.new" && mv "$1.new" "$1"';
    const input = change(await readFile(caddyfile, "utf8"));
    await inContainer(containers.sshd, ["sh", "-euc", write, "-", caddyfile], { input });
    this.outside = change(this.outside);
  }

  /** Requests the other site again and again during some work, and compares the Caddyfile afterwards. */
  async duringAll<T>(what: string, work: Promise<T>): Promise<T> {
    let busy = true;
    const watch = async () => {
      while (busy) {
        await this.visit(what);
        await sleep(500);
      }
    };
    const watching = watch();
    try {
      return await work;
    } finally {
      busy = false;
      await watching;
      await this.compare(what);
    }
  }

  private async visit(what: string): Promise<void> {
    const { otherSite, name } = this.instance;
    const once = () => ask(this.instance, otherSite);
    // A reload of Caddy 2.11.9 drops connections that are just being opened, even if nothing changed: about one in 20
    // of 1300, during 40 reloads. So a lost connection may be opened once more.
    const answer = await once()
      .catch(once)
      .catch((error: Error) => ({ status: 0, body: error.message }));
    if (answer.status !== 200 || answer.body !== `hello from ${name}`) {
      this.troubles.push(`${what}: https://${otherSite} answered ${answer.status} ${answer.body}`);
    }
  }

  private async compare(what: string): Promise<void> {
    const now = withoutBlock(await readFile(this.instance.caddyfile, "utf8"));
    if (now !== this.outside) this.troubles.push(`${what}: the Caddyfile without the site is now\n${now}`);
  }
}

/** A file without the app's block, and without the newline that the block's first line says was added. */
export function withoutBlock(text: string): string {
  const block = BLOCK.exec(text);
  if (!block) return text;
  const before = text.slice(0, block.index);
  return (block[1] ? before.slice(0, -1) : before) + text.slice(block.index + block[0].length);
}
