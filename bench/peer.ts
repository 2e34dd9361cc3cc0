import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../lab/command.js";
import { IMAGES } from "../lab/images.js";
import type { Instance } from "../lab/instance.js";
import type { Contender } from "./contender.js";
import { emptyData, emptyDatabase, PASSWORD, removeContainer } from "./ground.js";
import type { Command } from "./measure.js";

/** What the product is compared with. Its container, database, data and alias have the name of the peer. */
export abstract class Peer implements Contender {
  abstract readonly version: string;
  readonly container: string;
  readonly site: string;
  protected value = "first";
  protected password = PASSWORD;

  constructor(
    protected readonly instance: Instance,
    readonly name: string,
  ) {
    this.container = `${instance.name}_${name}`;
    this.site = `${name}.${instance.domain}`;
  }

  abstract apply(): Command;

  async describe(value: string, password: "right" | "wrong" = "right"): Promise<void> {
    this.value = value;
    this.password = password === "right" ? PASSWORD : "not the password";
  }

  async disconnect(): Promise<void> {}

  async remove(): Promise<void> {
    await removeContainer(this.container);
    await emptyDatabase(this.instance, this.name);
    await emptyData(this.instance, this.name);
    await mkdir(this.folder, { recursive: true });
    await this.describe("first");
  }

  /** Where its files are on this machine. */
  protected get folder(): string {
    return join(this.instance.directory, "bench", this.name);
  }

  protected get data(): string {
    return `${this.instance.baseDirectory}/data/${this.name}`;
  }

  protected get image(): string {
    return IMAGES.nocodb;
  }

  /** A file of the bench, beside the module of the peer. */
  protected source(file: string): string {
    return fileURLToPath(new URL(`${this.name}/${file}`, import.meta.url));
  }
}

/** Ends the SSH connections whose control sockets are in a folder. */
export async function closeConnections(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  for (const socket of files.filter((file) => /^ssh-[0-9a-f]+$/.test(file))) {
    await run(["ssh", "-F", "none", "-o", `ControlPath=${socket}`, "-O", "exit", "127.0.0.1"], { cwd: folder });
  }
}
