/** The differences between two versions of one page or one database. */
import type { DatabaseDocument, PageDocument } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { JsonObject } from '../json.ts';
import { arrayAt, stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import { pageTitle, titleRuns } from '../title.ts';
import { diffBlocks } from './blocks.ts';
import type { Change } from './change.ts';
import { diffComments } from './comments.ts';
import { objectDetails } from './forms.ts';
import { matched } from './lists.ts';
import { diffMembers } from './objects.ts';
import { diffSchema } from './schema.ts';
import { diffValues } from './values.ts';

/** Every difference between two versions of a page, in the order people read a page. */
export function diffPages(before: PageDocument, after: PageDocument): Change[] {
  const gaps = { before: new Gaps(before), after: new Gaps(after) };
  const titles = { before: titleRuns(before.page), after: titleRuns(after.page) };
  return [
    ...diffMembers(before.page, after.page, pageTitle(after.page), titles, []),
    ...diffValues(before.page, after.page, gaps),
    ...diffBlocks(
      { blocks: before.blocks, gaps: gaps.before },
      { blocks: after.blocks, gaps: gaps.after },
      stringAt(after.page, 'id') ?? '',
    ),
    ...diffComments(before, after),
  ];
}

/** Every difference between two versions of a database: itself, its data sources, their schemas and templates, its views. */
export function diffDatabases(before: DatabaseDocument, after: DatabaseDocument): Change[] {
  const [old, now] = [before.database, after.database];
  const own =
    old === null || now === null
      ? []
      : diffMembers(old, now, plainText(now.title), titlesOf(old, now), ['data_sources']);
  const mirrored = new Set(own.map(wordsOfChange));
  const ofSources = diffSources(before, after).filter((change) => !mirrored.has(wordsOfChange(change)));
  return [...own, ...ofSources, ...diffViews(before, after)];
}

/** The change without its bearer. A data source repeats the description of its database, and may repeat more: that is told once. */
function wordsOfChange({ kind, part, before, after, details }: Change): string {
  return JSON.stringify([kind, part, before, after, details]);
}

function titlesOf(before: JsonObject, after: JsonObject) {
  return { before: before.title ?? null, after: after.title ?? null };
}

function diffSources(before: DatabaseDocument, after: DatabaseDocument): Change[] {
  const { added, removed, both } = matched(before.data_sources, after.data_sources);
  const gap = new Gaps(after).of('data source')[0];
  return [
    ...removed.map((source): Change => {
      const common = { part: 'data source', id: idOf(source), name: plainText(source.title) } as const;
      return gap === undefined
        ? { kind: 'removed', ...common }
        : { kind: 'unknown', ...common, reason: gap.reason };
    }),
    ...added.map(
      (source): Change => ({
        kind: 'added',
        part: 'data source',
        id: idOf(source),
        name: plainText(source.title),
      }),
    ),
    ...both.flatMap(({ before: was, after: is }) => [
      ...diffMembers(was, is, plainText(is.title), titlesOf(was, is), [
        'templates',
        'database_parent',
        'is_inline',
      ]),
      ...diffSchema(was, is),
      ...diffTemplates(was, is),
    ]),
  ];
}

function diffTemplates(was: JsonObject, is: JsonObject): Change[] {
  const { added, removed, both } = matched(arrayAt(was, 'templates'), arrayAt(is, 'templates'));
  const name = (template: JsonObject) => stringAt(template, 'name') ?? '';
  return [
    ...removed.map((one): Change => ({ kind: 'removed', part: 'template', id: idOf(one), name: name(one) })),
    ...added.map((one): Change => ({ kind: 'added', part: 'template', id: idOf(one), name: name(one) })),
    ...both.flatMap(({ id, before: old, after: now }): Change[] => {
      const other = objectDetails(old, now, ['id', 'name']);
      const common = { part: 'template', id, name: name(now) } as const;
      return [
        ...(name(old) === name(now)
          ? []
          : [{ kind: 'renamed', ...common, before: name(old), after: name(now) } as const]),
        ...(other.length === 0 ? [] : [{ kind: 'changed', ...common, details: other } as const]),
      ];
    }),
  ];
}

function diffViews(before: DatabaseDocument, after: DatabaseDocument): Change[] {
  const { added, removed, both } = matched(before.views, after.views);
  const [oldGap, gap] = [before, after].map((document) => new Gaps(document).of('views', 'view')[0]);
  const name = (view: JsonObject) => stringAt(view, 'name') ?? '';
  const oneSided = (kind: 'added' | 'removed', view: JsonObject, reason: string | undefined): Change => {
    const common = { part: 'view', id: idOf(view), name: name(view) } as const;
    return reason === undefined ? { kind, ...common } : { kind: 'unknown', ...common, reason };
  };
  return [
    ...removed.map((view) => oneSided('removed', view, gap?.reason)),
    ...added.map((view) => oneSided('added', view, oldGap?.reason)),
    ...both.flatMap(({ id, before: old, after: now, hasMoved }): Change[] => {
      const common = { part: 'view', id, name: name(now) } as const;
      const other = objectDetails(old, now, ['id', 'name', 'parent']);
      return [
        ...(name(old) === name(now)
          ? []
          : [{ kind: 'renamed', ...common, before: name(old), after: name(now) } as const]),
        ...(other.length === 0 ? [] : [{ kind: 'changed', ...common, details: other } as const]),
        ...(hasMoved ? [{ kind: 'moved', ...common } as const] : []),
      ];
    }),
  ];
}

function idOf(part: JsonObject): string {
  return stringAt(part, 'id') ?? '';
}
