/** A plan in the operator's words, as text, Markdown and JSON show it. */
export interface Description {
  readonly environment: string;
  /** As in `deploy@docker.example.com:2222`. */
  readonly host: string;
  readonly title: string;
  readonly hasChanges: boolean;
  /** What will stop the deploy. */
  readonly obstacles: readonly Line[];
  readonly changes: readonly Line[];
  /** What the deploy costs those who use NocoDB. */
  readonly costs: readonly string[];
  readonly kept: readonly string[];
  /** What would be removed or deleted. */
  readonly deleted: readonly Line[];
  /** Changes that nobody has described. */
  readonly raw: readonly Line[];
  /** Addresses by what Terraform does with them: every change of the plan. */
  readonly terraform: Readonly<Record<string, readonly string[]>>;
}

export interface Line {
  readonly text: string;
  /** Reasons and details, one line each. */
  readonly why: readonly string[];
  readonly addresses: readonly string[];
}
