/** A line at the head of a restored page with the facts that no request can set: its author, times and number. */
import type { PageDocument } from '../../../document/documents.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { WriteNode } from './write-node.ts';
import { markerNode } from './write-node.ts';

/** The marker for a page with its `gaps`. `nameOf` gives a person's name by id. */
export async function originMarker(
  { page, gaps = [] }: Pick<PageDocument, 'page' | 'gaps'>,
  nameOf: (id: string) => Promise<string>,
): Promise<WriteNode> {
  const author = await nameOf(stringAt(objectAt(page, 'created_by'), 'id') ?? '');
  const editor = await nameOf(stringAt(objectAt(page, 'last_edited_by'), 'id') ?? '');
  const parts = [
    `created ${momentText(page.created_time)} by ${author}`,
    `last edited ${momentText(page.last_edited_time)} by ${editor}`,
    ...Object.entries(objectAt(page, 'properties') ?? {}).flatMap(([name, property]) =>
      propertyText(name, property),
    ),
    ...gaps.map(({ what, reason }) => `not in the snapshot: ${what} (${reason})`),
  ];
  return markerNode(parts.join('; '));
}

/** `2026-03-02 09:15 UTC`. */
export function momentText(time: unknown): string {
  const parsed = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed)
    ? 'at an unknown time'
    : `${new Date(parsed).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function propertyText(name: string, property: unknown): string[] {
  if (!isObject(property)) return [];
  switch (property.type) {
    case 'unique_id': {
      const { prefix, number } = objectAt(property, 'unique_id') ?? {};
      return typeof number === 'number'
        ? [`${name}: ${typeof prefix === 'string' ? `${prefix}-` : ''}${number}`]
        : [];
    }
    case 'button':
      return [`${name}: a button`];
    case 'verification': {
      const state = stringAt(objectAt(property, 'verification'), 'state');
      return state === 'verified' || state === 'expired' ? [`${name}: ${state}`] : [];
    }
    default:
      return [];
  }
}
