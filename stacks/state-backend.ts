import { statSync } from "node:fs";
import path from "node:path";
import { TerraformBackend, type TerraformStack } from "cdktf";
import type { Environment, InvalidEnvironment } from "../settings/environment.js";
import { type Backend, statePlace } from "../settings/rules/backend.js";

/** Keeps the stack's state in the environment's backend. */
export function keepState(stack: TerraformStack, { name, backend }: Pick<Environment, "name" | "backend">): void {
  // Beside cdktf.out, not in it: cdktf deletes there what it does not synthesize.
  const beside = { path: `../../../state/${name}.tfstate` };
  new StateBackend(stack, backend.type === "local" ? { ...beside, ...backend } : backend);
}

/**
 * A block of the environment file, passed through to Terraform; cdktf's own classes require arguments that are secrets.
 */
class StateBackend extends TerraformBackend {
  private readonly block: Readonly<Record<string, unknown>>;

  constructor(stack: TerraformStack, { type, ...block }: Backend) {
    super(stack, "backend", type);
    this.block = block;
  }

  override toTerraform() {
    return { terraform: this.name === "cloud" ? { cloud: this.block } : { backend: { [this.name]: this.block } } };
  }

  override getRemoteStateDataSource(): never {
    throw new Error("the state of an environment is not read by other stacks");
  }
}

/**
 * The local state files that were lost while Terraform wrote them. Terraform empties the file before it writes, and
 * reads an empty file as no state: a destroy would find nothing to destroy, and succeed. The previous state is in the
 * copy beside it.
 *
 * @param folder the folder of local states
 */
export function emptiedStates(environments: readonly Environment[], folder: string): InvalidEnvironment[] {
  return environments.flatMap(({ name, backend }) => {
    const file = path.relative(process.cwd(), path.join(folder, `${name}.tfstate`));
    const isKeptHere = backend.type === "local" && backend.path === undefined;
    if (!isKeptHere || bytes(file) !== 0 || !bytes(`${file}.backup`)) return [];
    const message = "is empty, because Terraform was killed while writing it, and its resources would be forgotten";
    const remedy = `restore the previous state, \`cp ${file}.backup ${file}\`, and deploy`;
    return [{ environment: name, file, problems: [{ path: "", value: undefined, message, remedy }] }];
  });
}

const bytes = (file: string) => statSync(file, { throwIfNoEntry: false })?.size;

/**
 * The place of a state in the owner marker on the host, as a Terraform template: of several workspaces, only Terraform
 * knows which one it is. Undefined for a file, which the marker names by the machine that Terraform runs on.
 */
export function markedPlace({ backend }: Pick<Environment, "backend">): string | undefined {
  if (backend.type === "local") return undefined;
  const place = statePlace(backend)!;
  return hasSeveralWorkspaces(backend) ? place.replace(/[^/]*$/, "${terraform.workspace}") : place;
}

function hasSeveralWorkspaces({ type, workspaces }: Backend): boolean {
  return type === "cloud" && (workspaces as { name?: string } | undefined)?.name === undefined;
}
