/**
 * The local note of which packfiles hold nothing that is needed, and since when. It lies in the cache folder: when it
 * is lost, or damaged, the grace period begins anew.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Json } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import type { PackId } from '../format/ids.ts';
import { isPackId } from '../format/ids.ts';
import type { Marks } from './gc-plan.ts';

export function marksFile(cacheFolder: string, storeId: string): string {
  return join(cacheFolder, storeId, 'marks.json');
}

export function readMarks(path: string): Map<PackId, number> {
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return new Map();
  }
  const marks = new Map<PackId, number>();
  for (const [id, since] of Object.entries(isObject(value) ? value : {})) {
    if (isPackId(id) && typeof since === 'number' && Number.isSafeInteger(since)) marks.set(id, since);
  }
  return marks;
}

export function writeMarks(path: string, marks: Marks): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(marks)), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
