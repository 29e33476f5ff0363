/** Completion for shells, written from the tree of commands: their names, subcommands and options. */
import type { Command, Option } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The words that may follow one path of commands. */
interface Node {
  /** `key add`; empty for the program. */
  readonly path: string;
  readonly commands: readonly (readonly [name: string, description: string])[];
  readonly options: readonly (readonly [flag: string, description: string])[];
}

/** A script that the shell reads once. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = nodesOf(program, '');
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](nodes);
}

function nodesOf(command: Command, path: string): Node[] {
  const shown = command.createHelp().visibleCommands(command);
  const node = {
    path,
    commands: shown.map((child) => [child.name(), child.description()] as const),
    options: command.createHelp().visibleOptions(command).flatMap(flagOf),
  };
  return [node, ...shown.flatMap((child) => nodesOf(child, `${path} ${child.name()}`.trim()))];
}

function flagOf(option: Option): [string, string][] {
  return option.long ? [[option.long, option.description]] : [];
}

/** Words before the cursor that are commands give the path; `at STORE` and options are passed over. */
function bashScript(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, commands, options }) => {
    const words = [...commands.map(([name]) => name), ...options.map(([flag]) => flag)];
    return `    ${quoted(path)}) words=${quoted(words.join(' '))} ;;`;
  });
  return `# bash completion for notion-kloset: source it, or keep it as ~/.local/share/bash-completion/completions/notion-kloset
_notion_kloset() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path= try= word= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == at && -z $path ]]; then i=$((i + 1)); continue; fi
    [[ $word == -* ]] && continue
    try="\${path:+$path }$word"
    case "$try" in
${nodes
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      ${quoted(path)}) path=$try ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _notion_kloset notion-kloset
`;
}

function zshScript(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, commands, options }) => {
    const words = [...commands, ...options].map(([name, about]) =>
      quoted(`${name.replaceAll(':', '\\:')}:${about}`),
    );
    return `    ${quoted(path)}) words=(${words.join(' ')}) ;;`;
  });
  return `#compdef notion-kloset
# zsh completion for notion-kloset: keep it as _notion-kloset in a folder of $fpath
_notion_kloset_complete() {
  local path_= try= word= i
  local -a words known
  local -a typed=("\${(@)argv}")
  known=(${nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(' ')})
  for ((i = 2; i < CURRENT; i++)); do
    word=\${typed[i]}
    if [[ $word == at && -z $path_ ]]; then i=$((i + 1)); continue; fi
    [[ $word == -* ]] && continue
    try="\${path_:+$path_ }$word"
    (( \${known[(Ie)$try]} )) && path_=$try
  done
  case "$path_" in
${cases.join('\n')}
  esac
  _describe 'notion-kloset' words || _files
}
_notion_kloset() { _notion_kloset_complete "\${(@)words}" }
compdef _notion_kloset notion-kloset
`;
}

function fishScript(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, commands, options }) => {
    const when = quoted(`__notion_kloset_at ${quoted(path)}`);
    return [
      ...commands.map(
        ([name, about]) => `complete -c notion-kloset -f -n ${when} -a ${quoted(name)} -d ${quoted(about)}`,
      ),
      ...options.map(
        ([flag, about]) =>
          `complete -c notion-kloset -n ${when} -l ${quoted(flag.slice(2))} -d ${quoted(about)}`,
      ),
    ];
  });
  const known = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# fish completion for notion-kloset: keep it as ~/.config/fish/completions/notion-kloset.fish
function __notion_kloset_at
  set -l known ${known.join(' ')}
  set -l path ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1; set skip 0; continue; end
    if test "$word" = at -a -z "$path"; set skip 1; continue; end
    if string match -q -- '-*' $word; continue; end
    set -l try (string trim -- "$path $word")
    if contains -- "$try" $known; set path $try; end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** One word in single quotes, as all three shells read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
