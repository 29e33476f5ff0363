/** Compares one document of a snapshot with its copy, field by field that the API can write. */
import type { DatabaseDocument, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import type { Attainability } from './attainable.ts';
import { AttainableBlocks, attainableRuns } from './attainable.ts';
import type { Finding } from './block-diff.ts';
import { diffBlocks } from './block-diff.ts';

import { blockForm } from './block-form.ts';
import { fileForm, iconForm } from './file-form.ts';
import { computedProperties, propertiesForm } from './property-form.ts';
import type { OriginalId } from './references.ts';
import { sameId } from './references.ts';
import { plainText, richTextForm } from './rich-text-form.ts';
import { groups, propertyNames, schemaForm, viewForm } from './schema-form.ts';

/** What the two documents cannot tell by themselves. */
export interface CompareContext {
  /** Ids of the copy told as the original's. */
  readonly originalOf: OriginalId;
  readonly place: Attainability;
  /**
   * Pages and databases below the page that no block of it shows (databases of a wiki, say), compact ids. A copy has to
   * show them somewhere on the page: where is not judged, that they exist is, as objects of their own.
   */
  readonly unshown: ReadonlySet<string>;
  /** True when the originals were mended rather than copied. */
  readonly keptIds?: boolean;
}

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

/** What a copied database keeps and loses; its rows are pages of their own. */
export function compareDatabases(
  original: DatabaseDocument,
  copy: DatabaseDocument,
  { originalOf }: Pick<CompareContext, 'originalOf'>,
): Finding[] {
  const [a, b] = [original.database ?? {}, copy.database ?? {}];
  return [
    field('title', richTextForm(arrayAt(a, 'title'), sameId), richTextForm(arrayAt(b, 'title'), originalOf)),
    field(
      'description',
      richTextForm(arrayAt(a, 'description'), sameId),
      richTextForm(arrayAt(b, 'description'), originalOf),
    ),
    fileField('icon', iconForm(a.icon ?? null), iconForm(b.icon ?? null)),
    fileField('cover', fileForm(a.cover ?? null), fileForm(b.cover ?? null)),
    field('inline', a.is_inline === true, b.is_inline === true),
    field('lock', a.is_locked === true, b.is_locked === true),
    ...compareDataSources(original, copy, originalOf),
    ...compareViews(original, copy, originalOf),
  ];
}

function compareDataSources(
  original: DatabaseDocument,
  copy: DatabaseDocument,
  originalOf: OriginalId,
): Finding[] {
  const extra = copy.data_sources.slice(original.data_sources.length).map(
    (_, index): Finding => ({
      verdict: 'extra',
      what: 'data source',
      at: `data_sources/${original.data_sources.length + index}`,
    }),
  );
  const compared = original.data_sources.flatMap((source, index): Finding[] => {
    const id = sameId(stringAt(source, 'id') ?? '');
    const other =
      copy.data_sources.find((candidate) => originalOf(stringAt(candidate, 'id') ?? '') === id) ??
      copy.data_sources[index];
    if (other === undefined)
      return [{ verdict: 'lost' as const, what: 'data source', at: `data_sources/${index}` }];
    return [
      field(
        'data source title',
        richTextForm(arrayAt(source, 'title'), sameId),
        richTextForm(arrayAt(other, 'title'), originalOf),
      ),
      ...statusGroups(source, other),
      // The icon of the only data source is that of its database.
      ...(original.data_sources.length > 1
        ? [field('data source icon', iconForm(source.icon ?? null), iconForm(other.icon ?? null))]
        : []),
      ...fields('schema', schemaForm(source, sameId), schemaForm(other, originalOf), unwritableSchema),
    ];
  });
  return [...compared, ...extra];
}

/** Which options belong to which group of a status: requests are documented to set it, and have been seen not to. */
function statusGroups(source: JsonObject, other: JsonObject): Finding[] {
  const copied = objectAt(other, 'properties') ?? {};
  return Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]): Finding[] => {
    const status = objectAt(property, 'status');
    if (status === undefined) return [];
    const same =
      JSON.stringify(groups(status)) ===
      JSON.stringify(groups(objectAt(copied[name] ?? null, 'status') ?? {}));
    return [{ verdict: same ? 'exact' : 'impossible', what: 'groups of a status', at: `schema/${name}` }];
  });
}

/** Schema types no request can create. */
const unwritableSchema = (form: Json): boolean =>
  isObject(form) &&
  ['button', 'verification', 'location', 'last_visited_time'].includes(stringAt(form, 'type') ?? '');

function compareViews(original: DatabaseDocument, copy: DatabaseDocument, originalOf: OriginalId): Finding[] {
  const views = (document: DatabaseDocument, id: OriginalId): JsonObject => {
    const names = new Map(document.data_sources.flatMap((source) => [...propertyNames(source)]));
    return Object.fromEntries(
      document.views.map((view, index) => [
        `${index} ${stringAt(view, 'name') ?? ''}`,
        viewForm(view, names, id),
      ]),
    );
  };
  return fields('view', views(original, sameId), views(copy, originalOf));
}

/**
 * Comments keep their words, files, place and thread; who wrote them and when can only be told in front of the words.
 * Threads are told by the first comment of each.
 */
function compareComments(
  original: readonly JsonObject[],
  copy: readonly JsonObject[],
  { originalOf, place }: CompareContext,
): Finding[] {
  const left = copy.map((comment) => commentForm(comment, copy, originalOf));
  const findings = original.flatMap((comment, index): Finding[] => {
    const findings: Finding[] = [];
    const at = `comments/${index}`;
    const impossible = (what: string) => findings.push({ verdict: 'impossible', what, at });
    const runs = attainableRuns(arrayAt(comment, 'rich_text'), place, impossible);
    const form = commentForm({ ...comment, rich_text: runs }, original, sameId);
    const same = left.findIndex((other) => saysSame(form, other));
    const near = same === -1 ? left.findIndex((other) => other.words.includes(form.words)) : same;
    const [found] = near === -1 ? [] : left.splice(near, 1);
    const verdict = found === undefined ? 'lost' : same === -1 ? 'approximated' : 'exact';
    return [
      ...findings,
      { verdict, what: 'comment', at },
      { verdict: 'impossible', what: 'author and time of a comment', at },
    ];
  });
  return [
    ...findings,
    ...left.map((_, index): Finding => ({ verdict: 'extra', what: 'comment', at: `comments/+${index}` })),
  ];
}

interface CommentForm {
  readonly words: string;
  readonly runs: readonly Json[];
  readonly files: Json;
  readonly home: string;
  /** Place among the comments of its thread. */
  readonly turn: number;
}

function commentForm(comment: JsonObject, all: readonly JsonObject[], original: OriginalId): CommentForm {
  const parent = objectAt(comment, 'parent');
  const runs = arrayAt(comment, 'rich_text');
  const thread = all.filter((other) => other.discussion_id === comment.discussion_id);
  return {
    words: plainText(runs),
    runs: richTextForm(runs, original),
    files: arrayAt(comment, 'attachments').map((attachment) => fileForm(attachment)),
    home: original(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? ''),
    turn: thread.findIndex((other) => other.id === comment.id),
  };
}

/** Whatever stands before the words is the writer's to choose. */
function saysSame(expected: CommentForm, copy: CommentForm): boolean {
  const [first, ...rest] = copy.runs.slice(copy.runs.length - expected.runs.length);
  const words = stringAt(expected.runs[0] ?? null, 'text');
  const headed = words !== undefined && (stringAt(first ?? null, 'text') ?? '').endsWith(words);
  const runs =
    first === undefined ? [] : [headed && isObject(first) ? { ...first, text: words } : first, ...rest];
  const told = ({ files, home, turn }: CommentForm, shown: readonly Json[]) =>
    JSON.stringify([shown, files, home, turn]);
  return told(expected, expected.runs) === told(copy, expected.runs.length === 0 ? [] : runs);
}

function computed(page: JsonObject): Finding[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => computedProperties.has(stringAt(property, 'type') ?? ''))
    .map(([name, property]) => ({
      verdict: 'impossible',
      what: `property ${stringAt(property, 'type')}`,
      at: `properties/${name}`,
    }));
}

function fields(
  what: string,
  original: JsonObject,
  copy: JsonObject,
  impossible: (form: Json) => boolean = () => false,
): Finding[] {
  const extra = Object.keys(copy).filter((name) => !Object.hasOwn(original, name));
  return [
    ...Object.entries(original).map(([name, value]): Finding => {
      if (impossible(value))
        return { verdict: 'impossible', what: `${what} ${typeOf(value)}`, at: `${what}/${name}` };
      return { ...field(what, value, copy[name] ?? null), at: `${what}/${name}` };
    }),
    ...extra.map(
      (name): Finding => ({ verdict: 'extra', what, at: `${what}/${name}`, copy: copy[name] ?? null }),
    ),
  ];
}

function typeOf(value: Json): string {
  return stringAt(value, 'type') ?? '';
}

/** An icon or cover; one whose bytes were not kept cannot come back. */
function fileField(what: string, original: Json, copy: Json): Finding {
  return isMissing(original)
    ? { verdict: 'impossible', what: `${what} whose bytes were not kept`, at: what }
    : field(what, original, copy);
}

function isMissing(form: Json): boolean {
  return isObject(form) && form.missing === true;
}

/** One field: exact when equal, lost when the copy has nothing, else approximated. */
function field(what: string, original: Json, copy: Json): Finding {
  if (JSON.stringify(original) === JSON.stringify(copy)) return { verdict: 'exact', what, at: what };
  const verdict = copy === null || (Array.isArray(copy) && copy.length === 0) ? 'lost' : 'approximated';
  return { verdict, what, at: what, original, copy };
}
