import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";

/**
 * The programs of a stack, one file each, in a folder of the stack's directory. They are written straight there: cdktf's
 * own asset would copy them from a folder that someone else has to make and remove for each stack.
 */
export class HostPrograms extends Construct {
  /** From the stack's directory. A fixed name instead of a hash: a comment in a script changes no line of the JSON. */
  readonly path: string;
  private readonly files = new Map<string, Buffer>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    this.path = `assets/${stack.getLogicalId(this.node)}/sh`;
    const { synthesizer } = stack;
    stack.synthesizer = {
      synthesize: (session) => {
        // First, because what the stack resolves late may name further programs.
        synthesizer.synthesize(session);
        this.write(path.join(session.outdir, session.manifest.forStack(stack).workingDirectory, this.path));
      },
    };
  }

  /** Adds a program under its name, such as `caddy-site/apply`. @returns its path from the stack's directory */
  add(name: string, text: string): string {
    this.files.set(`${name}.sh`, encoded(text));
    return `${this.path}/${name}.sh`;
  }

  /** Leaves files as they are if a former synth has written the same: to compare is faster than to write. */
  private write(folder: string): void {
    const former = filesIn(folder);
    if (former.some((file) => !this.files.has(file))) {
      rmSync(folder, { recursive: true });
      former.length = 0;
    }
    for (const parent of new Set([...this.files.keys()].map((file) => path.dirname(file)))) {
      mkdirSync(path.join(folder, parent), { recursive: true });
    }
    for (const [file, content] of this.files) {
      const place = path.join(folder, file);
      if (!former.includes(file) || !readFileSync(place).equals(content)) writeFileSync(place, content);
    }
  }
}

/** A text in bytes, once for all stacks. */
function encoded(text: string): Buffer {
  const known = contents.get(text) ?? Buffer.from(text);
  contents.set(text, known);
  return known;
}

const contents = new Map<string, Buffer>();

/** The paths of all files below a folder; none if it does not exist. */
function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((each) => !each.isDirectory());
    return files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
