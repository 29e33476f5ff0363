/** The words of a document that a search looks through, by where they stand. */

import { everyBlock } from '../blocks.ts';
import { blockWords } from '../diff/blocks.ts';
import type { BlockNode, DatabaseDocument, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { fileName } from '../render/tree/links.ts';
import { shownProperties } from '../render/tree/property-text.ts';
import { plainText } from '../rich-text.ts';
import { pageTitle } from '../title.ts';

/** Texts of one document; parts within one are separated by line breaks. */
export interface SearchedText {
  readonly title: string;
  readonly text: string;
  readonly values: string;
  readonly comments: string;
  readonly files: string;
}

/** The words of `document`. */
export function searchedText(document: PageDocument | DatabaseDocument): SearchedText {
  return document.kind === 'page' ? pageText(document) : databaseText(document);
}

function pageText({ page, blocks, comments }: PageDocument): SearchedText {
  const all = Array.from(everyBlock(blocks), ({ node }) => node);
  return {
    title: pageTitle(page),
    text: lines(all.map(blockText)),
    values: lines(shownProperties(page).map(([, text]) => text)),
    comments: lines(comments.map((comment) => plainText(comment.rich_text))),
    files: lines([...all.map(fileOfBlock), ...filesOfValues(page)]),
  };
}

function databaseText({ database, data_sources, views }: DatabaseDocument): SearchedText {
  const objects = [...(database === null ? [] : [database]), ...data_sources];
  const names = data_sources.flatMap((source) => Object.keys(objectAt(source, 'properties') ?? {}));
  const options = data_sources.flatMap((source) =>
    Object.values(objectAt(source, 'properties') ?? {}).flatMap((property) =>
      arrayAt(objectAt(property, stringAt(property, 'type') ?? ''), 'options').map(
        (option) => stringAt(option, 'name') ?? '',
      ),
    ),
  );
  return {
    title: lines(objects.map(({ title }) => plainText(title))),
    text: lines(objects.map(({ description }) => plainText(description))),
    values: lines([...names, ...options, ...views.map((view) => stringAt(view, 'name') ?? '')]),
    comments: '',
    files: '',
  };
}

function blockText(block: BlockNode): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '');
  return [blockWords(block), stringAt(payload, 'url') ?? ''].filter((words) => words !== '').join('\n');
}

function fileOfBlock(block: BlockNode): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '');
  const isFile = objectAt(payload, 'file') !== undefined || objectAt(payload, 'external') !== undefined;
  return isFile && payload !== undefined ? fileName(payload) : '';
}

function filesOfValues(page: JsonObject): string[] {
  return Object.values(objectAt(page, 'properties') ?? {}).flatMap((property: Json) =>
    arrayAt(property, 'files').filter(isObject).map(fileName),
  );
}

function lines(parts: readonly string[]): string {
  return [...new Set(parts.filter((part) => part !== ''))].join('\n');
}
