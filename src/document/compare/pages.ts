/** Compares a page with its copy: every field that the API can write. */
import type { PageDocument } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { isReadOnlyPropertyType } from '../property-types.ts';
import { named, noSchema, withWritableOptions } from '../schema-names.ts';
import type { Finding, ListGaps } from './block-diff.ts';
import { diffBlocks } from './block-diff.ts';
import { blockForm } from './block-form.ts';
import { compareComments } from './comments.ts';
import type { CompareContext } from './context.ts';
import { expectedBlocks } from './expected-blocks.ts';
import { expectedProperty } from './expected-values.ts';
import { field, fields, fileField } from './fields.ts';
import { fileForm, iconForm } from './file-form.ts';
import { gapFindings, unknownProperties } from './gap-findings.ts';
import { isEmpty, propertiesForm } from './property-form.ts';
import { sameId } from './references.ts';

/**
 * Compares a page with its copy. A page that kept its id may still hold what no request can write: it is also compared
 * with the original as it was, and the better of the two comparisons counts. What is not in one of the two snapshots is
 * `unknown`, once for each gap.
 */
export function comparePages(original: PageDocument, copy: PageDocument, context: CompareContext): Finding[] {
  const gaps = [
    ...gapFindings(new Gaps(original).all, 'original'),
    ...gapFindings(new Gaps(copy).all, 'copy'),
  ];
  const pair = comparable(original, copy, context);
  const asCopy = compareCopy(pair, context);
  if (context.keptIds !== true || asCopy.every(isHarmless)) return [...gaps, ...asCopy];
  const asItWas = compareLiterally(pair, context);
  return [...gaps, ...(faults(asItWas) <= faults(asCopy) ? asItWas : asCopy)];
}

/** Two pages that share the names of properties and options, and lack the values that one of them does not have. */
interface Pair {
  readonly original: PageDocument;
  readonly copy: PageDocument;
  readonly lists: ListGaps;
}

/** Ids tell properties and options apart in place, whatever they are called now; a copy shares the names alone. */
function comparable(original: PageDocument, copy: PageDocument, context: CompareContext): Pair {
  const { schema = noSchema, keptIds = false } = context;
  const left = { ...original, page: named(original.page, schema) };
  const right = keptIds ? { ...copy, page: named(copy.page, schema) } : copy;
  // A copy of what was not fetched has no file; the page itself may still have it.
  const unknown = new Set([...unknownProperties(left, keptIds), ...unknownProperties(right, true)]);
  return {
    original: { ...left, page: without(left.page, unknown) },
    copy: { ...right, page: without(right.page, unknown) },
    lists: { original: isCut(original), copy: isCut(copy) },
  };
}

function without(page: JsonObject, names: ReadonlySet<string>): JsonObject {
  const properties = Object.entries(objectAt(page, 'properties') ?? {}).filter(([name]) => !names.has(name));
  return { ...page, properties: Object.fromEntries(properties) };
}

/** True when the page's own list of blocks is not whole. */
function isCut(document: PageDocument): boolean {
  return new Gaps(document).ofBlock(stringAt(document.page, 'id') ?? '') !== undefined;
}

function isHarmless({ verdict }: Finding): boolean {
  return verdict === 'exact' || verdict === 'impossible';
}

function faults(findings: readonly Finding[]): number {
  return findings.filter((finding) => !isHarmless(finding)).length;
}

function compareLiterally({ original, copy, lists }: Pair, context: CompareContext): Finding[] {
  const { originalOf } = context;
  const gaps = { original: new Gaps(original), copy: new Gaps(copy) };
  return [
    ...comparePageFields(original, copy),
    ...fields('property', propertiesForm(original.page, sameId), propertiesForm(copy.page, originalOf)),
    ...computed(original.page),
    ...diffBlocks(
      original.blocks.map((block) => blockForm(block, sameId, gaps.original)),
      copy.blocks.map((block) => blockForm(block, originalOf, gaps.copy)),
      'blocks',
      lists,
    ),
    ...compareComments(original, copy, context),
  ];
}

function comparePageFields(original: PageDocument, copy: PageDocument): Finding[] {
  return [
    fileField('icon', iconForm(original.page.icon ?? null), iconForm(copy.page.icon ?? null)),
    fileField('cover', fileForm(original.page.cover ?? null), fileForm(copy.page.cover ?? null)),
    field('lock', original.page.is_locked === true, copy.page.is_locked === true),
  ];
}

function compareCopy({ original, copy, lists }: Pair, context: CompareContext): Finding[] {
  const { originalOf, destination, unshown } = context;
  const { shown, moved, findings } = expectedBlocks(original.blocks, destination, new Gaps(original));
  const found = copy.blocks.filter((block) => !unshown.has(originalOf(stringAt(block, 'id') ?? '')));
  const gaps = new Gaps(copy);
  return [
    ...comparePageFields(original, copy),
    ...compareProperties(original.page, copy.page, context),
    ...computed(original.page),
    ...(original.template_of === undefined ? [] : [impossibleTemplate]),
    ...findings,
    ...diffBlocks(
      [...shown, ...moved],
      found.map((block) => blockForm(block, originalOf, gaps)),
      'blocks',
      lists,
    ),
    ...compareComments(original, copy, context),
  ];
}

/** No request creates a template: it comes back as a row. */
const impossibleTemplate: Finding = { verdict: 'impossible', what: 'page template', at: '' };

function compareProperties(
  page: JsonObject,
  copy: JsonObject,
  { originalOf, destination, schema = noSchema }: CompareContext,
): Finding[] {
  const impossible: Finding[] = [];
  const note = (name: string, what: string, original?: Json) =>
    impossible.push({
      verdict: 'impossible',
      what,
      at: `property/${name}`,
      ...(original === undefined ? {} : { original }),
    });
  const properties = Object.entries(objectAt(page, 'properties') ?? {}).map(
    ([name, property]): [string, Json] => {
      const whole = expectedProperty(property, destination, (what) => note(name, what));
      return [
        name,
        withWritableOptions(name, whole, schema, (option) =>
          note(name, `value ${stringAt(property, 'type')} under a name that the API cannot write`, option),
        ),
      ];
    },
  );
  const expected = propertiesForm({ ...page, properties: Object.fromEntries(properties) }, sameId);
  const found = propertiesForm(copy, originalOf);
  for (const name of unsetStatuses(page, expected)) {
    // Notion gives every row a status: no request can leave it out.
    if (!Object.hasOwn(found, name)) continue;
    delete found[name];
    note(name, 'status that was not set');
  }
  for (const [name, property] of Object.entries(objectAt(copy, 'properties') ?? {})) {
    // A row that went into another data source has the statuses of that one too.
    const isForeign = !Object.hasOwn(objectAt(page, 'properties') ?? {}, name);
    if (isForeign && stringAt(property, 'type') === 'status') delete found[name];
  }
  return [...impossible, ...fields('property', expected, found)];
}

function unsetStatuses(page: JsonObject, expected: JsonObject): string[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([name, property]) => stringAt(property, 'type') === 'status' && !Object.hasOwn(expected, name))
    .map(([name]) => name);
}

/** Values that Notion computes. They are reported where there are any, since a copy shows other ones. */
function computed(page: JsonObject): Finding[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => {
      const type = stringAt(property, 'type') ?? '';
      const value = isObject(property) ? (property[type] ?? null) : null;
      return isReadOnlyPropertyType(type) && !isEmpty(value);
    })
    .map(([name, property]) => ({
      verdict: 'impossible',
      what: `property ${stringAt(property, 'type')}`,
      at: `properties/${name}`,
    }));
}
