import { Token } from "cdktf";

/** Text that Terraform takes literally: `${` and `%{` in it are no templates. A cdktf token is none, and is refused. */
export function literal(text: string): string {
  if (Token.isUnresolved(text)) throw new Error(`${Token.asString(text)} is a token: it is known only to Terraform.`);
  return text.replaceAll(/[$%](?=\{)/g, "$&$&");
}

/** A text as a quoted HCL string, to stand inside an expression. */
export function quoted(text: string): string {
  return literal(JSON.stringify(text));
}
