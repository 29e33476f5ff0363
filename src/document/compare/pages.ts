/** Compares a page with its copy, field by field that the API can write. */
import type { PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import type { Attainability } from './attainable.ts';
import { AttainableBlocks, attainableRuns } from './attainable.ts';
import type { Finding } from './block-diff.ts';
import { diffBlocks } from './block-diff.ts';
import { blockForm } from './block-form.ts';
import { compareComments } from './comments.ts';
import type { CompareContext } from './context.ts';
import { field, fields, fileField, isMissing } from './fields.ts';
import { fileForm, iconForm } from './file-form.ts';
import { computedProperties, propertiesForm } from './property-form.ts';
import { sameId } from './references.ts';

/**
 * What a copied page keeps and loses. A page that kept its id may hold what no request can write, because nobody took it
 * away: it is held against the original as it was too, and the better of the two comparisons counts.
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
  const { originalOf, place, unshown } = context;
  const blocks = new AttainableBlocks(place);
  const shown = blocks.forms(original.blocks, 'blocks');
  const expected = [...shown, ...blocks.moved];
  const found = copy.blocks.filter((block) => !unshown.has(originalOf(stringAt(block, 'id') ?? '')));
  return [
    ...comparePageFields(original, copy),
    ...compareProperties(original.page, copy.page, context),
    ...computed(original.page),
    ...blocks.findings,
    ...diffBlocks(
      expected,
      found.map((block) => blockForm(block, originalOf)),
      'blocks',
    ),
    ...compareComments(original.comments, copy.comments, context),
  ];
}

function compareProperties(
  page: JsonObject,
  copy: JsonObject,
  { originalOf, place }: CompareContext,
): Finding[] {
  const impossible: Finding[] = [];
  const properties = Object.entries(objectAt(page, 'properties') ?? {}).map(
    ([name, property]): [string, Json] => [
      name,
      attainableProperty(property, place, (what) =>
        impossible.push({ verdict: 'impossible', what, at: `property/${name}` }),
      ),
    ],
  );
  const expected = propertiesForm({ ...page, properties: Object.fromEntries(properties) }, sameId);
  const found = propertiesForm(copy, originalOf);
  for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
    // Notion gives every row a status; none is no choice of a request.
    if (
      stringAt(property, 'type') !== 'status' ||
      Object.hasOwn(expected, name) ||
      !Object.hasOwn(found, name)
    )
      continue;
    delete found[name];
    impossible.push({ verdict: 'impossible', what: 'status that was not set', at: `property/${name}` });
  }
  return [...impossible, ...fields('property', expected, found)];
}

/** A value less what no request can give it. */
function attainableProperty(property: Json, place: Attainability, impossible: (what: string) => void): Json {
  const type = stringAt(property, 'type') ?? '';
  if (!isObject(property)) return property;
  const list = arrayAt(property, type);
  if (type === 'title' || type === 'rich_text')
    return { ...property, [type]: attainableRuns(list, place, impossible) };
  if (type === 'people') {
    const people = list.filter((person) => place.isPerson(sameId(stringAt(person, 'id') ?? '')));
    if (people.length < list.length) impossible('people who are not in the workspace');
    return { ...property, people };
  }
  if (type === 'relation') {
    const targets = list.filter((target) => place.isRestored(sameId(stringAt(target, 'id') ?? '')));
    if (targets.length < list.length) impossible('relation to what was not restored');
    return { ...property, relation: targets };
  }
  if (type !== 'files') return property;
  const files = list.filter((file) => !isMissing(fileForm(file)) && objectAt(file, 'file')?.size !== 0);
  if (files.length < list.length) impossible('files whose bytes are empty or were not kept');
  return { ...property, files };
}

/** Values that Notion computes; they are listed so that nobody misses them unawares. */
function computed(page: JsonObject): Finding[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => computedProperties.has(stringAt(property, 'type') ?? ''))
    .map(([name, property]) => ({
      verdict: 'impossible',
      what: `property ${stringAt(property, 'type')}`,
      at: `properties/${name}`,
    }));
}
