/** Compares a page with its copy: every field that the API can write. */
import type { PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { isReadOnlyPropertyType } from '../property-types.ts';
import type { Finding } from './block-diff.ts';
import { diffBlocks } from './block-diff.ts';
import { blockForm } from './block-form.ts';
import { compareComments } from './comments.ts';
import type { CompareContext } from './context.ts';
import { expectedBlocks } from './expected-blocks.ts';
import { expectedProperty } from './expected-values.ts';
import { field, fields, fileField } from './fields.ts';
import { fileForm, iconForm } from './file-form.ts';
import { propertiesForm } from './property-form.ts';
import { sameId } from './references.ts';

/**
 * Compares a page with its copy. A page that kept its id may still hold what no request can write: it is also compared
 * with the original as it was, and the better of the two comparisons counts.
 */
export function comparePages(original: PageDocument, copy: PageDocument, context: CompareContext): Finding[] {
  const asCopy = compareCopy(original, copy, context);
  if (context.keptIds !== true || asCopy.every(isHarmless)) return asCopy;
  const asItWas = compareLiterally(original, copy, context);
  return faults(asItWas) <= faults(asCopy) ? asItWas : asCopy;
}

function isHarmless({ verdict }: Finding): boolean {
  return verdict === 'exact' || verdict === 'impossible';
}

function faults(findings: readonly Finding[]): number {
  return findings.filter((finding) => !isHarmless(finding)).length;
}

function compareLiterally(original: PageDocument, copy: PageDocument, context: CompareContext): Finding[] {
  const { originalOf } = context;
  return [
    ...comparePageFields(original, copy),
    ...fields('property', propertiesForm(original.page, sameId), propertiesForm(copy.page, originalOf)),
    ...computed(original.page),
    ...diffBlocks(
      original.blocks.map((block) => blockForm(block, sameId)),
      copy.blocks.map((block) => blockForm(block, originalOf)),
      'blocks',
    ),
    ...compareComments(original.comments, copy.comments, context),
  ];
}

function comparePageFields(original: PageDocument, copy: PageDocument): Finding[] {
  return [
    fileField('icon', iconForm(original.page.icon ?? null), iconForm(copy.page.icon ?? null)),
    fileField('cover', fileForm(original.page.cover ?? null), fileForm(copy.page.cover ?? null)),
    field('lock', original.page.is_locked === true, copy.page.is_locked === true),
  ];
}

function compareCopy(original: PageDocument, copy: PageDocument, context: CompareContext): Finding[] {
  const { originalOf, destination, unshown } = context;
  const { shown, moved, findings } = expectedBlocks(original.blocks, destination);
  const found = copy.blocks.filter((block) => !unshown.has(originalOf(stringAt(block, 'id') ?? '')));
  return [
    ...comparePageFields(original, copy),
    ...compareProperties(original.page, copy.page, context),
    ...computed(original.page),
    ...findings,
    ...diffBlocks(
      [...shown, ...moved],
      found.map((block) => blockForm(block, originalOf)),
      'blocks',
    ),
    ...compareComments(original.comments, copy.comments, context),
  ];
}

function compareProperties(
  page: JsonObject,
  copy: JsonObject,
  { originalOf, destination }: CompareContext,
): Finding[] {
  const impossible: Finding[] = [];
  const note = (name: string, what: string) =>
    impossible.push({ verdict: 'impossible', what, at: `property/${name}` });
  const properties = Object.entries(objectAt(page, 'properties') ?? {}).map(
    ([name, property]): [string, Json] => [
      name,
      expectedProperty(property, destination, (what) => note(name, what)),
    ],
  );
  const expected = propertiesForm({ ...page, properties: Object.fromEntries(properties) }, sameId);
  const found = propertiesForm(copy, originalOf);
  for (const name of unsetStatuses(page, expected)) {
    // Notion gives every row a status: no request can leave it out.
    if (!Object.hasOwn(found, name)) continue;
    delete found[name];
    note(name, 'status that was not set');
  }
  return [...impossible, ...fields('property', expected, found)];
}

function unsetStatuses(page: JsonObject, expected: JsonObject): string[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([name, property]) => stringAt(property, 'type') === 'status' && !Object.hasOwn(expected, name))
    .map(([name]) => name);
}

/** Values that Notion computes. They are reported, since a copy shows other ones. */
function computed(page: JsonObject): Finding[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => isReadOnlyPropertyType(stringAt(property, 'type') ?? ''))
    .map(([name, property]) => ({
      verdict: 'impossible',
      what: `property ${stringAt(property, 'type')}`,
      at: `properties/${name}`,
    }));
}
