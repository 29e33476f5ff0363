/** What can go wrong for a command, each brought about on the stage. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { diskError } from '../../../src/backend/disk-errors.ts';
import { LocalBackend } from '../../../src/backend/local.ts';
import { SettingsFolder } from '../../../src/backend/settings-folder.ts';
import type { Io, Output } from '../../../src/cli/app/io.ts';
import { KlosetError } from '../../../src/errors.ts';
import { touch } from '../../../src/simulator/workspace/state.ts';
import { readClear, writeClear } from '../attacks/forge.ts';
import type { Succeeding } from './commands.ts';
import type { Ended, Stage, StageRun } from './stage.ts';

export interface Situation {
  /** The exit code it leads to. */
  readonly code: number;
  /** As docs/exit-codes.md tells it. */
  readonly about: string;
  readonly happens: (stage: Stage, command: Succeeding) => Promise<Ended>;
}

/** Runs the command with `words`, and the key of the store. */
function run(
  stage: Stage,
  { config }: Succeeding,
  words: readonly string[],
  given: StageRun = {},
): Promise<Ended> {
  const env = config === undefined ? {} : { XDG_CONFIG_HOME: stage.path(config) };
  return stage.do(['--keyfile', stage.keyFile, ...words], { ...given, env: { ...env, ...given.env } });
}

/** Words with which it speaks with Notion, if it ever does. */
function liveWords(stage: Stage, command: Succeeding): readonly string[] {
  return (command.live ?? command.words)(stage);
}

/** Names that nothing configured has, in the place of those that something has. */
function unknownNames(words: readonly string[]): string[] {
  return words.map((word) => word.replace(/^(@?)(mine|disk|nightly|ops)$/, '$1nobody'));
}

function interruption(): AbortSignal {
  const stop = new AbortController();
  stop.abort(new KlosetError('temporary', 'Interrupted.'));
  return stop.signal;
}

/** A stream whose first writer meets a bug. */
function failingOnce(stdout: Output): Output {
  let writes = 0;
  return {
    ...stdout,
    write: (text) => {
      writes += 1;
      if (writes === 1) throw new TypeError('a bug');
      stdout.write(text);
    },
  };
}

function withBug(env: Io['env']): Io['env'] {
  return new Proxy(env, {
    get(target, name) {
      if (name === 'NOTION_KLOSET_IDENTITY_PASSPHRASE') throw new TypeError('a bug');
      return Reflect.get(target, name);
    },
  });
}

/** While `use` runs, this machine opens no further file. */
async function withoutFiles<T>(use: () => Promise<T>): Promise<T> {
  const error = diskError(Object.assign(new Error('too many open files'), { code: 'EMFILE' }), 'CONFIG');
  const reads = [
    vi.spyOn(LocalBackend.prototype, 'read').mockRejectedValue(error),
    vi.spyOn(SettingsFolder.prototype, 'read').mockRejectedValue(error),
  ];
  try {
    return await use();
  } finally {
    for (const read of reads) read.mockRestore();
  }
}

/** Changes the file of settings into a link to a file whose name is so long that none can be written beside it. */
function holdSettings(stage: Stage, kind: string): void {
  const names: { readonly [kind: string]: string } = { policy: 'policies', notify: 'notifications' };
  const file = stage.path('config/notion-kloset', `${names[kind] ?? `${kind}s`}.yml`);
  const long = stage.path('config/notion-kloset', 'x'.repeat(250));
  renameSync(file, long);
  symlinkSync(long, file);
}

export const situations: { readonly [name: string]: Situation } = {
  'goes well': {
    code: 0,
    about: 'nothing is wrong',
    happens: (stage, command) => {
      const io = command.goesOn === true ? { io: () => ({ signal: interruption() }) } : {};
      return run(stage, command, [...command.words(stage), '--json'], io);
    },
  },
  'a bug': {
    code: 1,
    about: 'a bug of the program; the test puts one where the result is printed',
    happens: (stage, command) => {
      const words = command.printsEarly === true ? command.words(stage) : [...command.words(stage), '--json'];
      return run(stage, command, words, {
        io: (io) => ({
          ...(command.readsPassphrase === true
            ? { env: withBug(io.env) }
            : { stdout: failingOnce(io.stdout) }),
          ...(command.goesOn === true ? { signal: interruption() } : {}),
        }),
      });
    },
  },
  'refused pages': {
    code: 3,
    about: 'Notion refuses to give pages that changed',
    happens: (stage, command) => {
      const { state } = stage.notion;
      for (const page of state.pages.values()) touch(page, Date.now(), page.editedBy);
      stage.refuse(/blocks\/.*\/children/);
      return run(stage, command, liveWords(stage, command));
    },
  },
  gaps: {
    code: 3,
    about: 'the newest backup has gaps',
    happens: (stage, command) => run(stage, command, ['at', 'gaps', ...command.words(stage)]),
  },
  'lost packfiles': {
    code: 3,
    about: 'snapshots cannot be copied, since packfiles are gone where they are',
    happens: (stage, command) => {
      const [group = '', direction = ''] = command.words(stage);
      rmSync(join(stage.store, 'packs'), { recursive: true });
      mkdirSync(join(stage.store, 'packs'));
      return direction === 'from'
        ? run(stage, command, ['at', 'fresh', group, direction, stage.store])
        : run(stage, command, [group, direction, 'fresh']);
    },
  },
  'an unknown option': {
    code: 64,
    about: 'an option that does not exist',
    happens: (stage, command) => run(stage, command, [...command.words(stage), '--frobnicate']),
  },
  'damaged CONFIG': {
    code: 65,
    about: 'the CONFIG of the store is damaged',
    happens: (stage, command) => {
      const path = join(stage.store, 'CONFIG');
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
      writeFileSync(path, bytes);
      return run(stage, command, command.words(stage));
    },
  },
  'damaged identity': {
    code: 65,
    about: 'the key that signs on this machine is damaged',
    happens: (stage, command) => {
      const folder = stage.path(command.config ?? 'config', 'notion-kloset');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'identity.json'), 'rubbish');
      return run(stage, command, command.words(stage));
    },
  },
  'damaged file': {
    code: 65,
    about: 'the file to import is damaged',
    happens: (stage, command) => {
      writeFileSync(stage.path('identity.sealed'), 'rubbish');
      return run(stage, command, command.words(stage));
    },
  },
  'no store': {
    code: 66,
    about: 'there is no store at the place',
    happens: (stage, command) => run(stage, command, ['at', 'nowhere', ...command.words(stage)]),
  },
  'unknown name': {
    code: 66,
    about: 'nothing is configured under the name',
    happens: (stage, command) => run(stage, command, unknownNames(command.words(stage))),
  },
  'nothing installed': {
    code: 66,
    about: 'no schedule has the name',
    happens: (stage, command) => run(stage, command, [...command.words(stage), '--name', 'another']),
  },
  'no file': {
    code: 66,
    about: 'the file to import is not there',
    happens: (stage, command) => {
      rmSync(stage.path('identity.sealed'));
      return run(stage, command, command.words(stage));
    },
  },
  'no identity': {
    code: 66,
    about: 'this machine has no identity yet',
    happens: (stage, command) => run(stage, { ...command, config: 'stranger' }, command.words(stage)),
  },
  'unknown schema': {
    code: 66,
    about: 'no schema has the name',
    happens: (stage, command) => run(stage, command, ['schema', 'nothing']),
  },
  'store out of reach': {
    code: 69,
    about: 'the machine of the store does not answer',
    happens: (stage, command) =>
      run(stage, command, ['at', 'sftp://127.0.0.1/store', ...command.words(stage)], {
        env: { NOTION_KLOSET_SSH_COMMAND: '/bin/false' },
      }),
  },
  'configured store out of reach': {
    code: 69,
    about: 'the machine of the store does not answer',
    happens: async (stage, command) => {
      await run(stage, command, [
        'store',
        'set',
        'disk',
        'location=sftp://127.0.0.1/store',
        'ssh_command=/bin/false',
      ]);
      return await run(stage, command, command.words(stage));
    },
  },
  'Notion out of reach': {
    code: 69,
    about: 'Notion does not answer',
    happens: (stage, command) =>
      run(stage, command, liveWords(stage, command), { env: { NOTION_API_URL: 'http://127.0.0.1:9' } }),
  },
  'no home': {
    code: 69,
    about: 'the folder of settings cannot be created',
    happens: (stage, command) =>
      run(stage, command, command.words(stage), { env: { XDG_CONFIG_HOME: stage.path('key', 'config') } }),
  },
  'read-only settings': {
    code: 69,
    about: 'the settings lie on a read-only file system',
    happens: async (stage, command) => {
      const cause = Object.assign(new Error('read-only file system'), { code: 'EROFS' });
      const replace = vi
        .spyOn(SettingsFolder.prototype, 'replace')
        .mockRejectedValue(diskError(cause, 'identity.json'));
      try {
        return await run(stage, command, command.words(stage));
      } finally {
        replace.mockRestore();
      }
    },
  },
  'no scheduler': {
    code: 69,
    about: '`systemctl` or `crontab` is not there',
    happens: (stage, command) =>
      run(stage, command, command.words(stage), { env: { PATH: stage.path('none') } }),
  },
  'unreadable crontab': {
    code: 69,
    about: 'the crontab cannot be read',
    happens: (stage, command) =>
      run(stage, command, [...command.words(stage), '--kind', 'cron'], {
        env: { PATH: stage.path('none') },
      }),
  },
  'nobody listens': {
    code: 69,
    about: 'nobody answers at the address of a notification',
    happens: async (stage, command) => {
      await run(stage, command, ['notify', 'set', 'ops', 'type=webhook', 'url=http://127.0.0.1:9/']);
      return await run(stage, command, command.words(stage));
    },
  },
  locked: {
    code: 75,
    about: '`maintenance` holds the store',
    happens: (stage, command) => {
      stage.lock();
      return run(stage, command, command.words(stage));
    },
  },
  interrupted: {
    code: 75,
    about: 'Ctrl-C',
    happens: (stage, command) =>
      run(stage, command, liveWords(stage, command), { io: () => ({ signal: interruption() }) }),
  },
  'too many open files': {
    code: 75,
    about: 'this machine opens no further file',
    happens: (stage, command) => withoutFiles(() => run(stage, command, command.words(stage))),
  },
  'busy Notion': {
    code: 75,
    about: 'Notion asks to try again later',
    happens: (stage, command) => {
      const answer = { status: 409, code: 'conflict_error', message: 'Conflict occurred while saving.' };
      stage.notion.faults.script.push({ path: /users\/me/, answer });
      return run(stage, command, liveWords(stage, command));
    },
  },
  'held settings': {
    code: 75,
    about: 'the file of settings cannot be replaced now',
    happens: (stage, command) => {
      holdSettings(stage, command.words(stage)[0] ?? '');
      return run(stage, command, command.words(stage));
    },
  },
  'failing command': {
    code: 75,
    about: 'the command that notifies fails',
    happens: async (stage, command) => {
      await run(stage, command, ['notify', 'set', 'ops', 'command=false']);
      return await run(stage, command, command.words(stage));
    },
  },
  'wrong key': {
    code: 77,
    about: 'a key that does not open the store',
    happens: (stage, command) => {
      writeFileSync(stage.keyFile, readFileSync(stage.path('other.key')));
      return run(stage, command, command.words(stage));
    },
  },
  'no secret': {
    code: 77,
    about: 'neither key nor passphrase is given',
    happens: (stage, command) => stage.do(command.words(stage)),
  },
  'wrong token': {
    code: 77,
    about: 'Notion refuses the token',
    happens: (stage, command) => {
      writeFileSync(stage.path('token'), 'ntn_wrong');
      return run(stage, command, liveWords(stage, command), { env: { NOTION_TOKEN: 'ntn_wrong' } });
    },
  },
  'wrong passphrase of the identity': {
    code: 77,
    about: 'the passphrase of the identity is another one',
    happens: (stage, command) =>
      run(stage, { ...command, config: command.config ?? 'sealed' }, command.words(stage), {
        env: { NOTION_KLOSET_IDENTITY_PASSPHRASE: 'another' },
      }),
  },
  'no passphrase': {
    code: 77,
    about: 'no passphrase is given for the identity',
    happens: (stage, command) =>
      run(stage, command, command.words(stage), { env: { NOTION_KLOSET_IDENTITY_PASSPHRASE: undefined } }),
  },
  'no address': {
    code: 77,
    about: 'the file with the address of a notification is not there',
    happens: async (stage, command) => {
      await run(stage, command, ['notify', 'set', 'ops', 'type=webhook', 'url_file=nowhere']);
      return await run(stage, command, command.words(stage));
    },
  },
  'empty input': {
    code: 77,
    about: 'a secret is to come from standard input, which is empty',
    happens: (stage, command) =>
      run(stage, command, [...command.words(stage).slice(0, 3), secretOption(command.words(stage))]),
  },
  'later version': {
    code: 78,
    about: 'the store was written by a later version',
    happens: (stage, command) => {
      const path = join(stage.store, 'CONFIG');
      writeClear(path, { ...readClear(path), version: 9 });
      return run(stage, command, command.words(stage));
    },
  },
};

function secretOption([kind = '']: readonly string[]): string {
  return { store: 'passphrase=-', notify: 'url=-' }[kind] ?? 'token=-';
}
