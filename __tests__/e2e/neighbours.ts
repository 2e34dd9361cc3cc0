import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { inContainer } from "../../lab/docker.js";
import type { Instance } from "../../lab/instance.js";
import { ask } from "../../lab/site.js";

const BLOCK = /^# BEGIN .+ \(kept by cdktf\)(, newline added)?\n[\s\S]*?^# END .+ \(kept by cdktf\)\n/m;

/** What is on the host beside NocoDB and must never notice it: another site, and the rest of the Caddyfile. */
export class Neighbours {
  /** Whatever went wrong with them so far. */
  readonly troubles: string[] = [];
  /** The Caddyfile without the site, as its own editor left it. */
  asItWas = "";

  constructor(private readonly instance: Instance) {}

  async begin(): Promise<void> {
    this.asItWas = await readFile(this.instance.caddyfile, "utf8");
  }

  /**
   * Edits the Caddyfile by hand, outside of the site; what this changes is the new "as it was".
   *
   * @param how an editor either writes into the file, or a new file that it then renames
   */
  async editCaddyfile(how: "in place" | "by rename", change: (text: string) => string): Promise<void> {
    const { caddyfile, containers } = this.instance;
    const write = how === "in place" ? 'cat >"$1"' : 'cat >"$1.new" && mv "$1.new" "$1"';
    const input = change(await readFile(caddyfile, "utf8"));
    await inContainer(containers.sshd, ["sh", "-euc", write, "-", caddyfile], { input });
    this.asItWas = change(this.asItWas);
  }

  /** Asks the other site again and again while something is under way, and compares the Caddyfile afterwards. */
  async duringAll<T>(what: string, work: Promise<T>): Promise<T> {
    let busy = true;
    const look = async () => {
      while (busy) {
        await this.visit(what);
        await sleep(500);
      }
    };
    const looking = look();
    try {
      return await work;
    } finally {
      busy = false;
      await looking;
      await this.compare(what);
    }
  }

  private async visit(what: string): Promise<void> {
    const { otherSite, name } = this.instance;
    const once = () => ask(this.instance, otherSite);
    // A reload of Caddy 2.11.9 drops connections that are just being made, whoever reloads it: about one in 20 of 1300 while
    // it was reloaded 40 times with its configuration as it was. So a connection that is lost may be made once more.
    const answer = await once()
      .catch(once)
      .catch((error: Error) => ({ status: 0, body: error.message }));
    if (answer.status !== 200 || answer.body !== `hello from ${name}`) {
      this.troubles.push(`${what}: https://${otherSite} answered ${answer.status} ${answer.body}`);
    }
  }

  private async compare(what: string): Promise<void> {
    const now = withoutBlock(await readFile(this.instance.caddyfile, "utf8"));
    if (now !== this.asItWas) this.troubles.push(`${what}: the Caddyfile without the site is now\n${now}`);
  }
}

/** A file as it is outside of the app's block; the line break that the block's first line tells of is its own. */
export function withoutBlock(text: string): string {
  const block = BLOCK.exec(text);
  if (!block) return text;
  const before = text.slice(0, block.index);
  return (block[1] ? before.slice(0, -1) : before) + text.slice(block.index + block[0].length);
}
