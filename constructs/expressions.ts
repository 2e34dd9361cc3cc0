/** Text that Terraform takes literally: `${` and `%{` in it are no templates. */
export function literal(text: string): string {
  return text.replaceAll("${", "$${").replaceAll("%{", "%%{");
}

/** A text as a quoted HCL string, to stand inside an expression. */
export function quoted(text: string): string {
  return literal(JSON.stringify(text));
}

/** One word of a shell command line, whatever is in it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
