import { Token } from "cdktf";

/** Text that Terraform takes literally: `${` and `%{` in it are not templates. @throws for a cdktf token */
export function literal(text: string): string {
  if (Token.isUnresolved(text)) throw new Error(`${Token.asString(text)} is a token: it is known only to Terraform.`);
  return text.replaceAll(/[$%](?=\{)/g, "$&$&");
}

/** A text as a quoted HCL string, for use in an expression. */
export function quoted(text: string): string {
  return literal(JSON.stringify(text));
}
