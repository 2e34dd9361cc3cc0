import { type TerraformElement, TerraformStack } from "cdktf";
import { Node } from "constructs";

/**
 * A stack whose Terraform addresses are an interface: the construct ids below the stack, joined by `_`, without the
 * hash that cdktf appends. `nocodb/container` stays `docker_container.nocodb_container` as long as the ids stay. A
 * refactoring that changes an id needs a `moved` block.
 */
export class AddressedStack extends TerraformStack {
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = element instanceof Node ? element : element.node;
    const ids = node.scopes.slice(this.node.scopes.length).map((scope) => scope.node.id);
    return ids.filter((id) => id !== "Resource").join("_");
  }

  /** cdktf resolves the whole stack here once more, for references to other stacks. There are none. */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
