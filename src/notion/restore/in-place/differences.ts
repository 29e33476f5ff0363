/** Differences between an object now and in the snapshot, in words that let a reader judge a restore in place. */
import type { Json } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { plainText } from '../../../document/rich-text.ts';

/** The respect in which an object differs. */
export type DifferenceKind =
  | 'in the trash'
  | 'archived'
  | 'lock'
  | 'moved'
  | 'position'
  | 'title'
  | 'value'
  | 'description'
  | 'icon'
  | 'cover'
  | 'inline'
  | 'block changed'
  | 'block removed'
  | 'block added'
  | 'property renamed'
  | 'property removed'
  | 'property changed'
  | 'property added'
  | 'option renamed'
  | 'option removed'
  | 'option colour'
  | 'data source'
  | 'view changed'
  | 'view removed'
  | 'view added'
  | 'object added'
  | 'comments'
  | 'approximated'
  | 'lost';

/** One difference: `was` is the snapshot's state, `now` the present one, or what will stand in its place. */
export interface Difference {
  readonly what: DifferenceKind;
  /** The property, option, view or object; the kind of what is approximated or lost. */
  readonly name?: string;
  /** Compact id of the block or property that is approximated or lost. */
  readonly id?: string;
  readonly was?: string;
  readonly now?: string;
  /** The reason it stays as it is: it was added since, or no request can change it. */
  readonly left?: string;
}

const maxWords = 120;

/** `text` in one line of limited length. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxWords ? line : `${line.slice(0, maxWords - 1).toWellFormed()}…`;
}

/** A property value in a few words. */
export function valueWords(property: Json | undefined): string {
  const type = stringAt(property, 'type') ?? '';
  const value = isObject(property) ? (property[type] ?? null) : null;
  if (value === null) return '(empty)';
  if (type === 'title' || type === 'rich_text') return short(plainText(value)) || '(empty)';
  if (Array.isArray(value)) return value.length === 0 ? '(empty)' : short(value.map(itemWords).join(', '));
  return short(itemWords(value));
}

function itemWords(value: Json): string {
  if (!isObject(value)) return String(value);
  const { start, end } = value;
  if (typeof start === 'string') return typeof end === 'string' ? `${start} to ${end}` : start;
  return stringAt(value, 'name') ?? stringAt(value, 'id') ?? JSON.stringify(value);
}

/** An icon or cover in a few words. */
export function pictureWords(value: Json | undefined): string {
  const type = stringAt(value, 'type');
  if (type === undefined) return '(none)';
  const inner = isObject(value) ? value[type] : undefined;
  const words =
    typeof inner === 'string' ? inner : (stringAt(inner, 'name') ?? stringAt(inner, 'url') ?? type);
  return short(words.replace(/\?.*$/s, ''));
}

/** A parent in a few words. */
export function parentWords(parent: Json | undefined): string {
  if (objectAt({ parent: parent ?? null }, 'parent')?.workspace === true) return 'the top of the workspace';
  const type = stringAt(parent, 'type') ?? 'unknown';
  return `${type.replace(/_id$/, '').replace('_', ' ')} ${stringAt(parent, type) ?? ''}`.trim();
}

/** Names of the options of a property, by id. */
export function optionNames(property: Json | undefined): Map<string, string> {
  const type = stringAt(property, 'type') ?? '';
  const options = arrayAt(objectAt(property, type), 'options');
  return new Map(options.map((option) => [stringAt(option, 'id') ?? '', stringAt(option, 'name') ?? '']));
}
