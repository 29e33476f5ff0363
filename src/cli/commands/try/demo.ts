/** `demo`: backup and restore from end to end on a sample workspace, on this machine alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Verbatim } from '../../../document/snake-case.ts';
import { sampleWorkspace } from '../../../simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../simulator/server.ts';
import { startSimulator } from '../../../simulator/server.ts';
import type { App, RunCommand } from '../../app/app.ts';
import { exitOk } from '../../app/exit-codes.ts';
import type { Io } from '../../app/io.ts';
import { teach } from '../../help/teach.ts';

/** Adds the command. `run` is the program itself, handed in because it imports this file. */
export function registerDemo(program: Command, app: App, run: RunCommand): void {
  const command = program
    .command('demo')
    .description('back up, list, print, check, restore and compare a sample workspace on this machine')
    .action(() => demo(app, run));
  teach(command, { examples: ['demo', 'demo --json'], errors: [] });
}

async function demo(app: App, run: RunCommand): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'notion-kloset-demo-'));
  const simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real' });
  try {
    const io = demoIo(app.io, folder, simulator);
    const done: object[] = [];
    for (const step of steps(simulator)) {
      const argv = app.options.json === true ? (step.jsonArgv ?? step.argv) : step.argv;
      app.line('');
      app.line(`# ${step.about}`);
      app.line(`$ notion-kloset ${argv.map(quoted).join(' ')}`);
      const { code, result } = await runStep(argv, io, run, app.options.json === true);
      done.push({ about: step.about, command: ['notion-kloset', ...argv], exitCode: code, result });
      if (code === exitOk || step.mayDiffer === true) continue;
      app.exitCode = code;
      app.warn(`The command ended with exit code ${code}.`);
      break;
    }
    const requests = simulator.log.length;
    app.result({ steps: done, requests }, app.exitCode === exitOk ? doneLines(requests) : []);
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function doneLines(requests: number): string[] {
  return ['', `Done: ${requests} requests were sent to the simulated Notion; no data left this machine.`];
}

/** With `--json` a step prints nothing; its own JSON is the result. */
async function runStep(
  argv: readonly string[],
  io: Io,
  run: RunCommand,
  isJson: boolean,
): Promise<{ readonly code: number; readonly result: Verbatim }> {
  if (!isJson) return { code: await run(argv, io), result: new Verbatim(null) };
  const parts: string[] = [];
  const decoder = new TextDecoder();
  const write = (part: string | Uint8Array) => {
    parts.push(typeof part === 'string' ? part : decoder.decode(part, { stream: true }));
  };
  const code = await run([...argv, '--json'], { ...io, stdout: { ...io.stdout, write } });
  return { code, result: new Verbatim(JSON.parse(parts.join(''))) };
}

interface Step {
  readonly about: string;
  readonly argv: readonly string[];
  /** The words with `--json`, where they are others. */
  readonly jsonArgv?: readonly string[];
  /** True when the copy may differ in content that the API cannot write. */
  readonly mayDiffer?: boolean;
}

function steps(simulator: Simulator): Step[] {
  const target = [...simulator.state.shared].at(-1) ?? '';
  return [
    {
      about: 'Name the workspace to back up',
      argv: ['source', 'add', 'mynotion', 'location=notion://', `token=${simulator.token}`],
    },
    { about: 'Back it up into a new store', argv: ['backup', '@mynotion'] },
    { about: 'Back it up again: only what changed is read and stored', argv: ['backup', '@mynotion'] },
    { about: 'List the snapshots', argv: ['ls'] },
    { about: 'List the contents of the newest snapshot', argv: ['ls', 'latest:/Home'] },
    {
      about: 'Print one page',
      argv: ['cat', '-as', 'md', 'latest:/Home/Layouts'],
      // Documents are printed as they are stored.
      jsonArgv: ['cat', 'latest:/Home/Layouts'],
    },
    { about: 'Read and verify every byte', argv: ['check'] },
    {
      about: 'Name the page to restore under',
      argv: [
        'destination',
        'add',
        'mynotion',
        'location=notion://',
        `token=${simulator.token}`,
        `rootID=${target}`,
      ],
    },
    {
      about: 'Restore everything there, crawl the copy again and compare',
      argv: ['restore', '-to', '@mynotion', 'latest'],
      mayDiffer: true,
    },
  ];
}

/** The caller's terminal, with settings of its own in `folder`. */
function demoIo(io: Io, folder: string, simulator: Simulator): Io {
  return {
    ...io,
    env: {
      ...io.env,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_DATA_HOME: join(folder, 'data'),
      NOTION_API_URL: simulator.url,
      NOTION_KLOSET_STORE: join(folder, 'store'),
      NOTION_KLOSET_PASSPHRASE: 'a demo needs no secret that is worth keeping',
    },
  };
}

function quoted(word: string): string {
  return /^[\w@:/.=-]+$/.test(word) ? word : JSON.stringify(word);
}
