/** Every command with bad words in the place of each of its arguments and options: the table writes itself from the program. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { App } from '../../src/cli/app/app.ts';
import { pathOf } from '../../src/cli/help/find-command.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

/** Words nobody means. None of them names anything that is there, but for a folder and a file of `home`. */
const badWords = (home: string): { readonly [name: string]: string } => ({
  'nothing at all': '',
  'a negative number': '-1',
  'too large a number': '1e400',
  'a nul byte': 'a\0b',
  'ten thousand letters': 'x'.repeat(10_000),
  'a file below a file': join(home, 'text/below'),
  'a folder': join(home, 'folder'),
  'a file that is something else': join(home, 'text'),
  'an unknown id': 'f'.repeat(64),
  'an unknown name': '@nobody',
  'half a surrogate pair': '\ud800',
});

/** Commands that never end by themselves or do much, and the help. */
const leftOut = new Set(['demo', 'simulator', 'help', 'version']);

export interface BadLine {
  readonly title: string;
  readonly words: readonly string[];
}

/** A command line for each argument and each option with a value of each command, for each bad word. */
export async function badLines(home: string): Promise<BadLine[]> {
  const program = await createProgram(new App(fakeIo({}), undefined), main);
  const commands = program.commands.filter((command) => !leftOut.has(command.name())).flatMap(leaves);
  const lines = (words: (bad: string) => readonly string[], where: string) =>
    Object.entries(badWords(home)).map(([name, bad]) => ({ title: `${where}: ${name}`, words: words(bad) }));
  const global = program.options
    .filter(takesValue)
    .flatMap((option) => lines((bad) => [`${option.long}=${bad}`, 'ls'], `${option.long}`));
  const store = lines((bad) => ['at', bad, 'ls'], 'at STORE');
  return [...global, ...store, ...commands.flatMap((command) => linesOf(command, lines))];
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function linesOf(
  command: Command,
  lines: (words: (bad: string) => readonly string[], where: string) => BadLine[],
): BadLine[] {
  const path = pathOf(command);
  const start = path.split(' ');
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  const filled = Array.from({ length: needed }, () => 'something');
  const inArguments = command.registeredArguments.flatMap((argument, at) =>
    lines((bad) => {
      const before = Array.from({ length: at }, () => 'something');
      const after = Array.from({ length: Math.max(0, needed - at - 1) }, () => 'something');
      return [...start, '--', ...before, bad, ...after];
    }, `${path} ${argument.name()}`),
  );
  const inOptions = command.options
    .filter(takesValue)
    .flatMap((option) =>
      lines((bad) => [...start, `${option.long}=${bad}`, ...filled], `${path} ${option.long}`),
    );
  return [...inArguments, ...inOptions];
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** A machine on which bad lines are run: a store with one snapshot, and Notion. */
export class BadInputMachine {
  readonly home = mkdtempSync(join(tmpdir(), 'kloset-bad-input-'));
  #simulator: Simulator | undefined;

  async open(): Promise<void> {
    writeFileSync(join(this.home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
    writeFileSync(join(this.home, 'text'), 'some text');
    writeFileSync(join(this.home, 'empty'), '# nothing\n');
    mkdirSync(join(this.home, 'folder'));
    this.#simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
    const { code, err } = await this.run(['at', 'store', 'backup']);
    if (code !== 0) throw new Error(err);
  }

  get apiUrl(): string {
    return this.#simulator?.url ?? '';
  }

  async run(words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const io = fakeIo(
      {
        HOME: this.home,
        NOTION_KLOSET_STORE: 'store',
        NOTION_API_URL: this.#simulator?.url ?? '',
        NOTION_TOKEN: this.#simulator?.token ?? '',
        NOTION_KLOSET_NEW_PASSPHRASE: '',
      },
      this.home,
    );
    const key = words.some((word) => word.startsWith('--keyfile')) ? [] : ['--keyfile', 'key'];
    const instant = { ...io, clock: { ...io.clock, sleep: async () => {} } };
    const code = await main([...key, ...words], instant);
    return { code, out: io.out(), err: io.err() };
  }

  async close(): Promise<void> {
    await this.#simulator?.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The reason why `told` is no clear end of a command; undefined when it is one. */
export function unclear({ code, err }: { readonly code: number; readonly err: string }): string | undefined {
  if (code === 1 || /Unexpected failure|\n\s+at |Error:|ERR_/.test(err))
    return `exit ${code}: ${err.slice(0, 400)}`;
  if (err.length > 3000) return `${err.length} letters on stderr`;
  if (code !== 0 && err === '') return `exit ${code} without a word`;
  return undefined;
}
