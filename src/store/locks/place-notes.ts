/**
 * The note on this machine of the places of a store that overwrite what they should refuse to. Writers find that out; whoever
 * only reads is told from here. It lies in the cache folder: when it is lost, the next writer writes it again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Backend } from '../../backend/backend.ts';

/** A store as its folder on this machine knows it. */
export interface NotedPlace {
  readonly backend: Pick<Backend, 'location' | 'refusesToOverwrite'>;
  readonly cacheFolder?: string;
  readonly storeId: string;
}

/** Notes what a writer has just found out; does nothing while nobody knows. */
export function notePlace(place: NotedPlace): void {
  const { refusesToOverwrite, location } = place.backend;
  const path = noteFile(place);
  if (refusesToOverwrite === undefined || path === undefined) return;
  const before = readNote(path);
  const others = before.filter((each) => each !== location);
  const after = refusesToOverwrite ? others : [...others, location];
  if (after.length === before.length) return;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify(after), { mode: 0o600 });
  } catch {
    // Whoever reads is not told; writers find out by themselves.
  }
}

/** True when writers must take turns at this place, as far as this machine knows. */
export function takesTurnsAt(place: NotedPlace): boolean {
  const { refusesToOverwrite, location } = place.backend;
  if (refusesToOverwrite !== undefined) return !refusesToOverwrite;
  const path = noteFile(place);
  return path !== undefined && readNote(path).includes(location);
}

function noteFile({ cacheFolder, storeId }: NotedPlace): string | undefined {
  return cacheFolder === undefined ? undefined : join(cacheFolder, storeId, 'overwriting-places.json');
}

function readNote(path: string): string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
