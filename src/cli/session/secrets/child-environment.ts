/** The shell and the variables of commands that this program starts: ssh, hooks, commands that print a secret, timers, a browser. They are given no secret of ours. */
import { isKlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { ConnectorFile } from '../settings/connectors.ts';

/** Variables that hold secrets, or say where one lies. */
const secretNames =
  /^(?:NOTION_(?:API_)?TOKEN$|NOTION_KLOSET_(?:IDENTITY_|NEW_)?PASSPHRASE|PLAKAR_PASSPHRASE$)/;

/** The program, and its first arguments, that runs a command line of this system's shell. */
export function shellOf(command: string): { readonly file: string; readonly words: readonly string[] } {
  return process.platform === 'win32'
    ? { file: 'cmd.exe', words: ['/d', '/s', '/c', command] }
    : { file: '/bin/sh', words: ['-c', command] };
}

/** The variables of this program without those that hold secrets, also those that a configured `…_env` option names. */
export function childEnvironment(app: App): { [name: string]: string } {
  const named = namedInSettings(app);
  const kept = Object.entries(app.io.env).flatMap(([name, value]) =>
    value === undefined || secretNames.test(name) || named.has(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}

function namedInSettings(app: App): Set<string> {
  const kinds = ['source', 'destination', 'store', 'notify'] as const;
  const connectors = kinds.flatMap((kind) => [...settingsOf(app, kind)]);
  return new Set(
    connectors.flatMap((options) =>
      Object.entries(options).flatMap(([option, value]) => (option.endsWith('_env') ? [value] : [])),
    ),
  );
}

/** None where the file cannot be read: then nothing of it can have been used either. */
function settingsOf(app: App, kind: 'source' | 'destination' | 'store' | 'notify') {
  try {
    return new ConnectorFile(configFolder(app.io), kind).read().values();
  } catch (error) {
    if (isKlosetError(error)) return [];
    throw error;
  }
}
