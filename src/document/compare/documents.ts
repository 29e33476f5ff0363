/** Compares one document of a snapshot with its copy, field by field that the API can write. */
import type { BlockNode, DatabaseDocument, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import type { Finding } from './block-diff.ts';
import { diffBlocks } from './block-diff.ts';
import { blockForm } from './block-form.ts';
import { fileForm, iconForm } from './file-form.ts';
import { computedProperties, propertiesForm } from './property-form.ts';
import type { OriginalId } from './references.ts';
import { sameId } from './references.ts';
import { plainText, richTextForm } from './rich-text-form.ts';
import { propertyNames, schemaForm, viewForm } from './schema-form.ts';

/** What a copied page keeps and loses. */
export function comparePages(original: PageDocument, copy: PageDocument, originalOf: OriginalId): Finding[] {
  return [
    field('icon', iconForm(original.page.icon ?? null), iconForm(copy.page.icon ?? null)),
    field('cover', fileForm(original.page.cover ?? null), fileForm(copy.page.cover ?? null)),
    field('lock', original.page.is_locked === true, copy.page.is_locked === true),
    ...fields('property', propertiesForm(original.page, sameId), propertiesForm(copy.page, originalOf)),
    ...computed(original.page),
    ...diffBlocks(forms(original.blocks, sameId), forms(copy.blocks, originalOf), 'blocks'),
    ...compareComments(original.comments, copy.comments),
  ];
}

/** What a copied database keeps and loses; its rows are pages of their own. */
export function compareDatabases(
  original: DatabaseDocument,
  copy: DatabaseDocument,
  originalOf: OriginalId,
): Finding[] {
  const [a, b] = [original.database ?? {}, copy.database ?? {}];
  return [
    field('title', richTextForm(arrayAt(a, 'title'), sameId), richTextForm(arrayAt(b, 'title'), originalOf)),
    field(
      'description',
      richTextForm(arrayAt(a, 'description'), sameId),
      richTextForm(arrayAt(b, 'description'), originalOf),
    ),
    field('icon', iconForm(a.icon ?? null), iconForm(b.icon ?? null)),
    field('cover', fileForm(a.cover ?? null), fileForm(b.cover ?? null)),
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
  return original.data_sources.flatMap((source, index) => {
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
      ...fields('schema', schemaForm(source, sameId), schemaForm(other, originalOf), unwritableSchema),
    ];
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

/** Comments keep their words and threads; author and time are told in the text, so they are approximated at best. */
function compareComments(original: readonly JsonObject[], copy: readonly JsonObject[]): Finding[] {
  const left = [...copy.map((comment) => plainText(arrayAt(comment, 'rich_text')))];
  return original.map((comment, index) => {
    const words = plainText(arrayAt(comment, 'rich_text'));
    const found = left.findIndex((text) => text.includes(words));
    if (found !== -1) left.splice(found, 1);
    return { verdict: found === -1 ? 'lost' : 'approximated', what: 'comment', at: `comments/${index}` };
  });
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

function forms(blocks: readonly BlockNode[], id: OriginalId) {
  return blocks.map((block) => blockForm(block, id));
}

function fields(
  what: string,
  original: JsonObject,
  copy: JsonObject,
  impossible: (form: Json) => boolean = () => false,
): Finding[] {
  return Object.entries(original).map(([name, value]) => {
    if (impossible(value))
      return { verdict: 'impossible', what: `${what} ${typeOf(value)}`, at: `${what}/${name}` };
    return { ...field(what, value, copy[name] ?? null), at: `${what}/${name}` };
  });
}

function typeOf(value: Json): string {
  return stringAt(value, 'type') ?? '';
}

/** One field: exact when equal, lost when the copy has nothing, else approximated. */
function field(what: string, original: Json, copy: Json): Finding {
  if (JSON.stringify(original) === JSON.stringify(copy)) return { verdict: 'exact', what, at: what };
  const verdict = copy === null || (Array.isArray(copy) && copy.length === 0) ? 'lost' : 'approximated';
  return { verdict, what, at: what, original, copy };
}
