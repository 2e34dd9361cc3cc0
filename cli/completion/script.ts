import type { Argument, Command } from "commander";
import { shellWord } from "../../constructs/remote-host/shell-word.js";
import { ENVIRONMENT } from "../verb.js";

export const SHELLS = ["bash", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/** A verb or a group, by the words that lead to it. */
interface Node {
  readonly words: string;
  readonly command: Command;
}

/**
 * The script for a shell: a function that prints what may follow some words, the same for every shell, and its
 * connection to the shell.
 *
 * @param environments the folder of the environment files, if NOCODB_ENVIRONMENTS names no other
 */
export function completionScript(program: Command, shell: Shell, environments: string): string {
  const nodes = [{ words: "", command: program }, ...below(program, "")];
  const known = nodes.filter(({ words }) => words !== "").map(({ words }) => shellWord(words));
  const withValue = nodes.flatMap(({ words, command }) =>
    command.options
      .filter((option) => option.required || option.optional)
      .map(({ long }) => shellWord(`${words} ${long}`)),
  );
  return `# Completion of nocodb-host, from \`npx nocodb-host completion ${shell}\`.

# _nocodb_host_candidates WORD...: prints what may follow the words, one a line
_nocodb_host_candidates() {
  local verb= count=0 value= word next
  for word in "$@"; do
    if [ -n "$value" ]; then
      value=
      continue
    fi
    next="\${verb:+$verb }$word"
    case $next in
      ${known.join(" | ")})
        verb=$next
        continue
        ;;
    esac
    case "$verb $word" in
      ${withValue.join(" | ")}) value=expected ;;
      *" -"*) ;;
      *) count=$((count + 1)) ;;
    esac
  done
  [ -z "$value" ] || return 0
  case "$verb" in
${nodes.map((node) => branch(node)).join("\n")}
  esac
}

# _nocodb_host_environments: prints the names of the environments
_nocodb_host_environments() {
  local file folder=${shellWord(environments)}
  find "\${NOCODB_ENVIRONMENTS:-$folder}" -maxdepth 1 -name '*.yaml' 2>/dev/null | sort | while read -r file; do
    file=\${file##*/}
    echo "\${file%.yaml}"
  done
}

${CONNECTIONS[shell]}`;
}

/** Every verb and group below a command. */
function below(command: Command, before: string): Node[] {
  return command.commands.flatMap((each) => {
    const words = `${before}${each.name()}`;
    return [{ words, command: each }, ...below(each, `${words} `)];
  });
}

/** What may follow one verb or group. */
function branch({ words, command }: Node): string {
  const flags = command.options.map(({ long }) => long ?? "");
  const own = [...command.commands.map((each) => each.name()), ...flags, "--help"];
  const places = command.registeredArguments.flatMap((argument, index) => {
    const values = printed(argument);
    return values === undefined ? [] : [`      [ "$count" -ne ${index} ] || ${values}`];
  });
  return [
    `    ${words === "" ? "''" : shellWord(words)})`,
    ...places,
    `      printf '%s\\n' ${own.join(" ")}`,
    "      ;;",
  ].join("\n");
}

/** The command that prints the values of an argument, if they are known. */
function printed(argument: Argument): string | undefined {
  if (argument.name() === ENVIRONMENT[0].slice(1, -1)) return "_nocodb_host_environments";
  return argument.argChoices && `printf '%s\\n' ${argument.argChoices.join(" ")}`;
}

/** Words that begin with - are offered only if that is typed, or if there are no others. */
const CONNECTIONS: Readonly<Record<Shell, string>> = {
  bash: `_nocodb_host() {
  local first=1 current=\${COMP_WORDS[COMP_CWORD]} each flags=()
  COMPREPLY=()
  if [ "\${COMP_WORDS[0]##*/}" = npx ]; then
    if [ "$COMP_CWORD" -eq 1 ]; then
      case nocodb-host in "$current"*) COMPREPLY=(nocodb-host) ;; esac
      return
    fi
    [ "\${COMP_WORDS[1]}" = nocodb-host ] || return 0
    first=2
  fi
  while read -r each; do
    case $each in
      "$current"*) case $each in -*) flags+=("$each") ;; *) COMPREPLY+=("$each") ;; esac ;;
    esac
  done < <(_nocodb_host_candidates "\${COMP_WORDS[@]:first:COMP_CWORD-first}")
  [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=("\${flags[@]}")
}
complete -o default -F _nocodb_host nocodb-host npx
`,
  zsh: `_nocodb_host() {
  local first=2
  if [[ \${words[1]:t} == npx ]]; then
    if (( CURRENT == 2 )); then
      compadd nocodb-host
      _files
      return
    fi
    if [[ \${words[2]} != nocodb-host ]]; then
      _files
      return
    fi
    first=3
  fi
  local candidates=(\${(f)"$(_nocodb_host_candidates "\${(@)words[first,CURRENT-1]}")"})
  local plain=(\${candidates:#-*}) flags=(\${(M)candidates:#-*})
  if [[ $PREFIX == -* ]] || (( ! \${#plain} )); then compadd -a flags; else compadd -a plain; fi
  (( \${#candidates} )) || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _nocodb_host nocodb-host npx
`,
};
