/** The schedulers of this machine: where their files lie, and the commands that make them read those. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { KlosetError, messageOf } from '../../../errors.ts';
import { crontabLines, linesIn, withLines, withoutLines } from '../../../operations/schedule/cron.ts';
import { githubWorkflow } from '../../../operations/schedule/github.ts';
import { launchdPlist } from '../../../operations/schedule/launchd.ts';
import type { Schedule, ScheduleKind } from '../../../operations/schedule/schedule.ts';
import { systemdUnits } from '../../../operations/schedule/systemd.ts';
import { windowsTask } from '../../../operations/schedule/windows.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { toolVersion } from '../../app/version.ts';
import { childEnvironment } from '../secrets/child-environment.ts';

/** A file as it stands, or as it would. */
export interface PlacedFile {
  readonly path: string;
  readonly text: string;
}

/** One way to have a schedule on this machine. */
export interface Scheduler {
  /** The files or lines that `install` writes. */
  files(schedule: Schedule): PlacedFile[];
  /** @throws KlosetError when a file or a command fails */
  install(schedule: Schedule): Promise<string[]>;
  /** Those that are there. */
  installed(schedule: Pick<Schedule, 'name'>): Promise<PlacedFile[]>;
  /** Returns what was removed; empty when nothing was there. */
  remove(schedule: Pick<Schedule, 'name'>): Promise<string[]>;
}

export function schedulerOf(app: App, kind: ScheduleKind): Scheduler {
  switch (kind) {
    case 'systemd':
      return systemd(app, join(xdgConfig(app), 'systemd/user'), ['--user']);
    case 'systemd-system':
      return systemd(app, '/etc/systemd/system', []);
    case 'cron':
      return cron(app);
    case 'launchd':
      return files(
        (schedule) => [placed(join(home(app), 'Library/LaunchAgents'), launchdPlist(schedule))],
        (name) => [join(home(app), `Library/LaunchAgents/com.notion-kloset.${name}.plist`)],
        ([path = '']) => run(app, 'launchctl', ['load', '-w', path]),
        ([path = '']) => run(app, 'launchctl', ['unload', '-w', path]),
      );
    case 'windows':
      return windows(app);
    case 'github':
      return files(
        (schedule) => [
          placed(expandPath(app.io, '.github/workflows'), githubWorkflow(schedule, toolVersion())),
        ],
        (name) => [expandPath(app.io, `.github/workflows/notion-kloset-${name}.yml`)],
        async () => '',
        async () => '',
      );
  }
}

function systemd(app: App, folder: string, scope: readonly string[]): Scheduler {
  const isSystem = scope.length === 0;
  const reload = () => run(app, 'systemctl', [...scope, 'daemon-reload']);
  return files(
    (schedule) => systemdUnits(schedule, isSystem).map((file) => placed(folder, file)),
    (name) => ['service', 'timer'].map((end) => join(folder, `notion-kloset-${name}.${end}`)),
    async ([, timer = '']) => {
      await reload();
      return await run(app, 'systemctl', [...scope, 'enable', '--now', baseOf(timer)]);
    },
    async ([, timer = '']) => await run(app, 'systemctl', [...scope, 'disable', '--now', baseOf(timer)]),
    reload,
  );
}

/** The crontab is read and written a character for each byte: lines of others need not be UTF-8. */
function cron(app: App): Scheduler {
  const hint =
    'The crontab is as it was; `schedule install --print` shows the lines, and --kind chooses another scheduler.';
  const crontab = (words: readonly string[], input = '') =>
    run(app, 'crontab', words, { input, encoding: 'latin1', hint });
  const read = () => crontab(['-l']).catch(noneAsEmpty);
  const path = 'crontab';
  return {
    files: (schedule) => [{ path, text: `${crontabLines(schedule).join('\n')}\n` }],
    async install(schedule) {
      const lines = crontabLines(schedule).map((line) => Buffer.from(line, 'utf8').toString('latin1'));
      await crontab(['-'], withLines(await read(), schedule, lines));
      return [path];
    },
    async installed(schedule) {
      const lines = linesIn(await read(), schedule);
      return lines === '' ? [] : [{ path, text: Buffer.from(lines, 'latin1').toString('utf8') }];
    },
    async remove(schedule) {
      const text = await read();
      if (linesIn(text, schedule) === '') return [];
      const kept = withoutLines(text, schedule);
      await (kept === '' ? crontab(['-r']) : crontab(['-'], kept));
      return [path];
    },
  };
}

/**
 * The crontab of a user who has none. What `crontab -l` prints then is all that tells it from a crontab that cannot be read, and after
 * that one the lines of others would be lost. @throws any other error
 */
function noneAsEmpty(error: unknown): string {
  if (/no crontab for|no such file/i.test(messageOf(error))) return '';
  throw error;
}

function windows(app: App): Scheduler {
  const folder = () => app.io.env.LOCALAPPDATA ?? join(home(app), 'AppData/Local');
  return files(
    (schedule) => [placed(join(folder(), 'notion-kloset'), windowsTask(schedule))],
    (name) => [join(folder(), 'notion-kloset', `notion-kloset-${name}.xml`)],
    ([path = ''], name) =>
      run(app, 'schtasks.exe', ['/create', '/f', '/tn', `notion-kloset\\${name}`, '/xml', path]),
    (_, name) => run(app, 'schtasks.exe', ['/delete', '/f', '/tn', `notion-kloset\\${name}`]),
  );
}

type Act = (paths: readonly string[], name: string) => Promise<string>;

/** A scheduler that reads files. `after` runs once they are removed. */
function files(
  write: (schedule: Schedule) => PlacedFile[],
  pathsOf: (name: string) => readonly string[],
  enable: Act,
  disable: Act,
  after: () => Promise<string> = async () => '',
): Scheduler {
  return {
    files: write,
    async install(schedule) {
      const all = write(schedule);
      for (const { path, text } of all) writeScheduleFile(path, text);
      const paths = all.map(({ path }) => path);
      await enable(paths, schedule.name);
      return paths;
    },
    installed: async ({ name }) =>
      pathsOf(name)
        .filter((path) => existsSync(path))
        .map((path) => ({ path, text: readFileSync(path, path.endsWith('.xml') ? 'utf16le' : 'utf8') })),
    async remove({ name }) {
      const paths = pathsOf(name).filter((path) => existsSync(path));
      if (paths.length === 0) return [];
      await disable(pathsOf(name), name);
      for (const path of paths) rmSync(path);
      await after();
      return [...paths];
    },
  };
}

function writeScheduleFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // The task scheduler reads UTF-16 with a byte order mark.
    if (path.endsWith('.xml')) writeFileSync(path, `\ufeff${text}`, 'utf16le');
    else writeFileSync(path, text, { mode: 0o644 });
  } catch (cause) {
    throw new KlosetError('usage', `Cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
}

function placed(
  folder: string,
  { name, text }: { readonly name: string; readonly text: string },
): PlacedFile {
  return { path: join(folder, name), text };
}

interface RunOptions {
  readonly input?: string;
  readonly encoding?: 'utf8' | 'latin1';
  /** The way out when the command fails. */
  readonly hint?: string;
}

/** The output of a command. @throws KlosetError `unavailable` when it is not there or fails */
async function run(
  app: App,
  program: string,
  words: readonly string[],
  {
    input = '',
    encoding = 'utf8',
    hint = 'The files are written; --print shows them, and --kind chooses another scheduler.',
  }: RunOptions = {},
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile(
      program,
      words,
      { env: childEnvironment(app), timeout: 60_000, encoding },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const isMissing = 'code' in error && error.code === 'ENOENT';
        const told = stderr.trim().split('\n')[0] ?? '';
        reject(
          new KlosetError(
            'unavailable',
            `\`${[program, ...words].join(' ')}\` ${isMissing ? 'was not found' : `failed: ${told}`}.`,
            { hint, cause: error },
          ),
        );
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input, encoding);
  });
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function home({ io }: App): string {
  return io.env.HOME || io.env.USERPROFILE || homedir();
}

function xdgConfig(app: App): string {
  const set = app.io.env.XDG_CONFIG_HOME;
  return set?.startsWith('/') ? set : join(home(app), '.config');
}
