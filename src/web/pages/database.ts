/** A database: its title, its views as tabs, the rows of the view shown, a piece at a time. */
import type { DatabaseDocument } from '../../document/documents.ts';
import { plainText } from '../../document/rich-text.ts';
import type { Child } from '../elements.ts';
import { h } from '../elements.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import { words } from '../words.ts';

export async function databaseElements(
  _snapshot: OpenSnapshot,
  _object: PlacedObject,
  document: DatabaseDocument,
  _query: URLSearchParams,
): Promise<Child> {
  const title = plainText((document.database ?? document.data_sources[0])?.title) || words.untitled;
  return [h('h1', {}, title)];
}
