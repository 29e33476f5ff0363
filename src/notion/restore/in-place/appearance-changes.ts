/** Icon and cover of a page or database where they differ from the snapshot's. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { objectAt } from '../../../document/json.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { storedFile } from '../snapshot/stored-file.ts';
import type { Difference } from './differences.ts';
import { pictureWords } from './differences.ts';
import { fileForm } from './property-changes.ts';

export interface AppearanceChanges {
  readonly differences: readonly Difference[];
  readonly body: JsonObject;
}

/** Compares icon and cover. One whose bytes are not in the snapshot is left alone. */
export function appearanceChanges(
  was: JsonObject,
  now: JsonObject,
  { id, kind }: Pick<RestoredObject, 'id' | 'kind'>,
  conversion: Conversion,
): AppearanceChanges {
  const differences: Difference[] = [];
  const body: JsonObject = {};
  const quiet: Conversion = { ...conversion, note: () => {}, attach: () => {} };
  for (const [part, write] of [
    ['icon', writableIcon],
    ['cover', writableCover],
  ] as const) {
    if (lacksPicture(was[part])) continue;
    const form = (value: Json | undefined) =>
      JSON.stringify([write(value, id, quiet) ?? null, fileForm(value)]);
    if (form(was[part]) === form(now[part])) continue;
    const written = write(was[part], id, conversion);
    const isCleared = (was[part] ?? null) === null;
    if (written === undefined && !isCleared) continue;
    const words = { what: part, was: pictureWords(was[part]), now: pictureWords(now[part]) };
    if (written === undefined && kind === 'database') {
      differences.push({ ...words, left: `no request clears the ${part} of a database` });
      continue;
    }
    body[part] = written ?? null;
    differences.push(words);
  }
  return { differences, body };
}

function lacksPicture(value: Json | undefined): boolean {
  const file = objectAt(value, 'file');
  return file !== undefined && storedFile(file) === undefined;
}
