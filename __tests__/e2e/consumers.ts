import { askAsConsumer } from "../../lab/consumers.js";
import { CONSUMERS, type LabConsumer } from "../../lab/instance.js";
import type { Host } from "./host.js";
import { withoutBlock } from "./neighbours.js";

/** All bytes of a file as text, and its owner and mode. */
export interface FileState {
  readonly text: string;
  readonly rights: string;
}

/** The applications on the host that call NocoDB's API, as their own people see them. */
export class Consumers {
  /** The env files before the first deploy. */
  private initial: Readonly<Record<string, FileState>> = {};

  constructor(private readonly host: Host) {}

  async begin(): Promise<void> {
    const files = CONSUMERS.map(async (consumer) => [consumer, await this.file(consumer)] as const);
    this.initial = Object.fromEntries(await Promise.all(files));
  }

  /** The env file of a consumer before the first deploy. */
  before(consumer: LabConsumer): FileState {
    return this.initial[consumer]!;
  }

  envFile(consumer: LabConsumer): string {
    return this.host.instance.envFiles[consumer];
  }

  async file(consumer: LabConsumer): Promise<FileState> {
    const path = this.envFile(consumer);
    return { text: await this.host.text(path), rights: await this.host.rights(path) };
  }

  /** The file without its block, which must never change. */
  async aroundBlock(consumer: LabConsumer): Promise<FileState> {
    const { text, rights } = await this.file(consumer);
    return { text: withoutBlock(text), rights };
  }

  /** The variables in a consumer's block, or in a file that the app owns. */
  async variables(consumer: LabConsumer, ownFile?: string): Promise<Record<string, string>> {
    const text = await this.host.text(ownFile ?? this.envFile(consumer));
    const lines = [...text.matchAll(/^(NOCODB_\w+)=(.*)$/gm)];
    return Object.fromEntries(lines.map(([, name, value]) => [name!, value!]));
  }

  /** The token in the consumer's env file; empty if it has none. */
  async token(consumer: LabConsumer, ownFile?: string): Promise<string> {
    return (await this.variables(consumer, ownFile)).NOCODB_API_TOKEN ?? "";
  }

  /** The status that the consumer gets when it lists its bases from its own container. */
  async answer(consumer: LabConsumer): Promise<string> {
    const { stdout, stderr } = await askAsConsumer(this.host.instance.containers[consumer]);
    return stdout.trim() || stderr.trim();
  }
}
