/** The folders of settings, caches and identities (XDG Base Directory Specification 0.8). */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pathInLocation } from '../../backend/location-path.ts';
import type { Io } from './io.ts';

const name = 'notion-kloset';

/** Settings, the identity file and pinned keys: kept in backups of this machine. */
export function configFolder(io: Io): string {
  return join(base(io, 'XDG_CONFIG_HOME', '.config'), name);
}

/** Derived data that may be deleted at any time. */
export function cacheFolder(io: Io): string {
  return join(base(io, 'XDG_CACHE_HOME', '.cache'), name);
}

/** Journals of restores: needed to resume and to undo one. */
export function dataFolder(io: Io): string {
  return join(base(io, 'XDG_DATA_HOME', '.local/share'), name);
}

/** The runs of this machine, one JSON object on a line each. */
export function historyFile(io: Io): string {
  return join(dataFolder(io), 'runs.jsonl');
}

/** The store used when none is named. */
export function defaultStore(io: Io): string {
  const set = io.env.NOTION_KLOSET_STORE;
  return set === undefined || set === '' ? join(home(io), '.notion-kloset') : set;
}

/**
 * A path as the shell's user meant it: `~` is home, `fs:` and `file:` name an absolute path, the rest is relative to the
 * working folder. @throws KlosetError `usage` for an empty path
 */
export function expandPath(io: Io, text: string): string {
  const path = pathInLocation(text);
  if (path === '~' || path.startsWith('~/')) return join(home(io), path.slice(1));
  return resolve(io.cwd, path);
}

function base(io: Io, variable: string, fallback: string): string {
  const set = io.env[variable];
  // "If an implementation encounters a relative path […] it should consider the path invalid and ignore it."
  return set !== undefined && isAbsolute(set) ? set : join(home(io), fallback);
}

function home(io: Io): string {
  const set = io.env.HOME;
  return set === undefined || set === '' ? homedir() : set;
}
