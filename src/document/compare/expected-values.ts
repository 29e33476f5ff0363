/**
 * Property values as a perfect restore would show them. Argued from the API reference alone ("Page property values");
 * shares nothing with the code that restores but the facts of `property-types.ts`.
 */
import type { Json } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import type { WritablePropertyType } from '../property-types.ts';
import { isWritablePropertyType, writableFileName } from '../property-types.ts';
import type { Destination, NoteImpossible } from './context.ts';
import { expectedRuns } from './expected-runs.ts';
import { fileForm, isMissing } from './file-form.ts';
import { sameId } from './references.ts';

/** The property less what no request can give it. */
export function expectedProperty(property: Json, destination: Destination, impossible: NoteImpossible): Json {
  const type = stringAt(property, 'type') ?? '';
  if (!isObject(property) || !isWritablePropertyType(type)) return property;
  const expect = expectations[type];
  if (expect === whole) return property;
  return { ...property, [type]: expect(arrayAt(property, type), destination, impossible) };
}

type Expect = (items: readonly Json[], destination: Destination, impossible: NoteImpossible) => Json[];

const whole = 'whole';

/** The items expected of a list; `whole` values need nothing of the destination. */
const expectations: Readonly<Record<WritablePropertyType, Expect | typeof whole>> = {
  title: expectedRuns,
  rich_text: expectedRuns,
  number: whole,
  select: whole,
  multi_select: whole,
  status: whole,
  date: whole,
  people,
  files,
  checkbox: whole,
  url: whole,
  email: whole,
  phone_number: whole,
  relation,
  place: whole,
};

function people(items: readonly Json[], destination: Destination, impossible: NoteImpossible): Json[] {
  const known = items.filter((person) => destination.isPerson(idOf(person)));
  if (known.length < items.length) impossible('people who are not in the workspace');
  return known;
}

function relation(items: readonly Json[], destination: Destination, impossible: NoteImpossible): Json[] {
  const restored = items.filter(
    (page) => destination.isRestored(idOf(page)) || destination.isThere?.(idOf(page)) === true,
  );
  if (restored.length < items.length) impossible('relation to what was not restored');
  return restored;
}

function files(items: readonly Json[], _destination: Destination, impossible: NoteImpossible): Json[] {
  const kept = items.filter((file) => !isMissing(fileForm(file)) && objectAt(file, 'file')?.size !== 0);
  if (kept.length < items.length) impossible('files whose bytes are empty or were not kept');
  return kept.map((file) => {
    const name = stringAt(file, 'name') ?? '';
    const writable = writableFileName(name);
    if (writable === name || !isObject(file)) return file;
    impossible('file with a name that is empty or longer than 100 characters');
    return { ...file, name: writable };
  });
}

function idOf(item: Json): string {
  return sameId(stringAt(item, 'id') ?? '');
}
