/** The values of a page as words: people by name, relations and rollups by title, files and addresses as links. */
import type { PhrasingContent } from 'mdast';
import { gapNote, missingFile } from '../../gaps.ts';
import type { Json, JsonObject } from '../../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../json.ts';
import { printable, printableLines } from '../../names.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';
import type { Property } from './nodes.ts';
import { linked, note, text } from './nodes.ts';
import { propertyText, shownProperties } from './property-text.ts';
import { phrasing } from './rich-text.ts';

/** The properties of a page that have a value or a note, without the title. */
export function propertyNodes(
  page: JsonObject,
  notes: ReadonlyMap<string, string>,
  links: Links,
): Property[] {
  const properties = objectAt(page, 'properties') ?? {};
  return shownProperties(page, notes, links.title).map(([name]) => {
    const missing = notes.get(name);
    const value = propertyValue(properties[name], links);
    return {
      type: 'property',
      name: printable(name),
      children: [
        ...value,
        ...(missing === undefined ? [] : [text(value.length === 0 ? '' : ' '), note(missing)]),
      ],
    };
  });
}

/** The value of one property as words and links. */
export function propertyValue(property: Json | undefined, links: Links): PhrasingContent[] {
  if (!isObject(property)) return [];
  const type = stringAt(property, 'type') ?? '';
  const value = property[type] ?? null;
  switch (type) {
    case 'rich_text':
    case 'title':
      return phrasing(arrayAt(property, type), links);
    case 'relation':
      return separated(arrayAt(property, type).map((item) => objectLink(stringAt(item, 'id') ?? '', links)));
    case 'files':
      return separated(arrayAt(property, type).map((file) => fileLink(file, links)));
    case 'url':
      return typeof value === 'string' ? linked(hrefOf(value, links), [text(printable(value))]) : [];
    case 'email':
      return typeof value === 'string'
        ? linked(hrefOf(`mailto:${value}`, links), [text(printable(value))])
        : [];
    case 'rollup':
      return stringAt(value, 'type') === 'array'
        ? separated(arrayAt(value, 'array').map((item) => propertyValue(item, links)))
        : plain(property, links);
    default:
      return plain(property, links);
  }
}

/** A time as the API writes it. */
const time = /\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)/g;

/** Times for people: `2026-05-04 09:30 +02:00`. */
export function shownTimes(text: string): string {
  return text.replace(time, (_, day, minute, zone) => `${day} ${minute} ${zone === 'Z' ? 'UTC' : zone}`);
}

function plain(property: Json, links: Links): PhrasingContent[] {
  const words = shownTimes(printableLines(propertyText(property, links.title)));
  return words === '' ? [] : [text(words)];
}

function objectLink(id: string, links: Links): PhrasingContent[] {
  return linked(links.object(id), [text(printable(links.title?.(id) ?? id))]);
}

function fileLink(file: Json, links: Links): PhrasingContent[] {
  const missing = missingFile(file);
  const name = [text(printable(fileName(file)))];
  return missing === undefined
    ? linked(fileHref(file, links), name)
    : [...name, text(' '), note(gapNote('not kept', missing))];
}

function separated(values: readonly PhrasingContent[][]): PhrasingContent[] {
  return values
    .filter((value) => value.length > 0)
    .flatMap((value, index) => (index === 0 ? value : [text(', '), ...value]));
}
