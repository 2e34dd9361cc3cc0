import { askAsConsumer } from "../../lab/consumers.js";
import { CONSUMERS, type LabConsumer } from "../../lab/instance.js";
import type { Host } from "./host.js";
import { withoutBlock } from "./neighbours.js";

/** What a file is: all its bytes as text, owner and mode. */
export interface FileAsItIs {
  readonly text: string;
  readonly rights: string;
}

/** The applications on the host that call NocoDB's API, as their own people see them. */
export class Consumers {
  /** The env files before the first deploy. */
  private asTheyWere: Readonly<Record<string, FileAsItIs>> = {};

  constructor(private readonly host: Host) {}

  async begin(): Promise<void> {
    const files = CONSUMERS.map(async (consumer) => [consumer, await this.file(consumer)] as const);
    this.asTheyWere = Object.fromEntries(await Promise.all(files));
  }

  asItWas(consumer: LabConsumer): FileAsItIs {
    return this.asTheyWere[consumer]!;
  }

  envFile(consumer: LabConsumer): string {
    return this.host.instance.envFiles[consumer];
  }

  async file(consumer: LabConsumer): Promise<FileAsItIs> {
    const path = this.envFile(consumer);
    return { text: await this.host.text(path), rights: await this.host.rights(path) };
  }

  /** The file with its block left out: what must never be another one. */
  async aroundBlock(consumer: LabConsumer): Promise<FileAsItIs> {
    const { text, rights } = await this.file(consumer);
    return { text: withoutBlock(text), rights };
  }

  /** Name and value of what stands in a consumer's block, or in a file of the app's own. */
  async variables(consumer: LabConsumer, ownFile?: string): Promise<Record<string, string>> {
    const text = await this.host.text(ownFile ?? this.envFile(consumer));
    const lines = [...text.matchAll(/^(NOCODB_\w+)=(.*)$/gm)];
    return Object.fromEntries(lines.map(([, name, value]) => [name!, value!]));
  }

  /** The token in the consumer's env file; empty where there is none. */
  async token(consumer: LabConsumer, ownFile?: string): Promise<string> {
    return (await this.variables(consumer, ownFile)).NOCODB_API_TOKEN ?? "";
  }

  /** What the consumer gets when it lists its bases, out of its container with what that was created with. */
  async answer(consumer: LabConsumer): Promise<string> {
    const { stdout, stderr } = await askAsConsumer(this.host.instance.containers[consumer]);
    return stdout.trim() || stderr.trim();
  }
}
