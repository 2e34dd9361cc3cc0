/** Terraform's plan as `terraform show -json` prints it (format 1.x; OpenTofu's is the same). */
import { Failure } from "../exit-codes.js";

/** A resource's values, by attribute. */
export type Values = Readonly<Record<string, unknown>>;

/** What differs. The shadows have `true` in place of each value that is unknown before the apply, or sensitive. */
export interface Change {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly importing?: { readonly id?: string };
}

export interface ResourceChange {
  /** `null_resource.nocodb_site`, or `null_resource.nocodb_site_removal["noco.example.com"]`. */
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  /** Key of an object that a replacement has left over. */
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: Change;
}

export interface PlanJson {
  readonly format_version: string;
  readonly resource_changes?: readonly ResourceChange[];
  /** What the refresh found changed outside of Terraform. */
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  readonly errored?: boolean;
}

/**
 * Reads a plan.
 *
 * @param from what the text is, for the message
 * @throws Failure if it is not a plan of a known format, or one that has failed
 */
export function readPlan(text: string, from: string): PlanJson {
  let plan: Partial<PlanJson> | null;
  try {
    plan = JSON.parse(text);
  } catch {
    plan = null;
  }
  if (typeof plan?.format_version !== "string")
    throw new Failure(
      `${from}: is not a plan; give a file of terraform plan -out, or what terraform show -json prints`,
    );
  if (!/^1\./.test(plan.format_version))
    throw new Failure(`${from}: has the format ${plan.format_version}, and only 1.x is known; use npx cdktf diff`);
  if (plan.errored) throw new Failure(`${from}: the plan has failed, so it does not contain all changes; plan again`);
  return plan as PlanJson;
}

export type Action = "create" | "replace" | "update" | "delete" | "read" | "none" | (string & {});

/** The action in one word. One that Terraform may get in the future keeps its own. */
export function actionOf({ actions }: Change): Action {
  const text = actions.join(" ");
  if (text === "no-op") return "none";
  return text === "delete create" || text === "create delete" ? "replace" : text;
}
