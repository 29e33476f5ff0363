/** Notes about the parts of a page that Notion refused. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { Part } from '../requests/write-parts.ts';
import { addressesIn } from '../requests/write-parts.ts';

/** Notes that a part of `object` was refused: a value by its property, icon and cover by their type. */
export function noteRefused(
  conversion: Pick<Conversion, 'note'>,
  object: Pick<RestoredObject, 'id'>,
  page: JsonObject,
  { field, name, value }: Part,
  reason: string,
): void {
  const told = [reason, ...addressesIn(value)].join(' ');
  if (field === 'property') {
    const type = Object.keys(typeof value === 'object' ? (value ?? {}) : {})[0] ?? '';
    conversion.note('lost', `value ${type}`, `${object.id}/${name}`, `${name}: ${told}`);
  } else
    conversion.note(
      'lost',
      `${name} ${stringAt(objectAt(page, name), 'type') ?? ''}`.trim(),
      object.id,
      told,
    );
}
