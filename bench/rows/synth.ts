import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { root } from "../../lab/deployment.js";
import { alternating, type Command, succeeding } from "../measure.js";
import type { Row } from "../row.js";

/** Synthesis of 1 and of 200 environments. The floor is an empty cdktf app. */
export const synth: Row = {
  name: "synth",
  async measure({ instance, product, rounds }) {
    const folder = join(instance.directory, "bench/synth");
    await rm(folder, { recursive: true, force: true });
    const [one, many] = [
      await environments(product.synth(), folder, 1),
      await environments(product.synth(), folder, 200),
    ];
    const empty = { ...product.synth(), line: `${root}/node_modules/.bin/tsx bench/empty-app.ts` };
    const { floor, ...times } = await alternating(rounds, {
      one: () => succeeding(one),
      many: () => succeeding(many),
      floor: () => succeeding({ ...empty, env: { CDKTF_OUTDIR: join(folder, "empty") } }),
    });
    const common = { floor: { name: "an empty cdktf app", samples: floor }, peers: {} };
    return [
      { what: "synth of 1 environment", product: times.one, ...common },
      { what: "synth of 200 environments", product: times.many, ...common },
    ];
  },
};

/** The command, on a folder with so many copies of the lab's environment. */
async function environments(command: Command, folder: string, count: number): Promise<Command> {
  const [from, own] = [command.env!.NOCODB_ENVIRONMENTS!, join(folder, String(count))];
  await mkdir(join(own, "environments"), { recursive: true });
  await cp(join(root, "environments/schema.json"), join(own, "environments/schema.json"));
  const [name] = (await readdir(from)).filter((file) => file.endsWith(".yaml"));
  const text = await readFile(join(from, name!), "utf8");
  for (let nth = 1; nth <= count; nth++) {
    const file = parseDocument(text);
    file.set("project", `bench${nth}`);
    file.set("domain", `bench${nth}.localhost`);
    file.set("baseDirectory", `/opt/bench${nth}`);
    await writeFile(join(own, "environments", `bench${nth}.yaml`), file.toString());
  }
  const env = { NOCODB_ENVIRONMENTS: join(own, "environments"), CDKTF_OUTDIR: join(own, "cdktf.out") };
  return { ...command, env: { ...command.env, ...env } };
}
