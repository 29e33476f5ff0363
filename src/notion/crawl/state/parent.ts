/** The parent an object names, in the few forms that matter for placing it. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';

/** `id` is compact, and empty where there is none. `data_source` stands only where the database is not named. */
export interface Parent {
  readonly type: 'workspace' | 'page' | 'block' | 'database' | 'data_source' | 'unknown' | '';
  readonly id: string;
}

/** The parent of a page, database or block. */
export function parentOf(object: JsonObject): Parent {
  return parseParent(objectAt(object, 'parent'));
}

/** The database a data source belongs to (its own parent, or that of the data source it is synced from). */
export function databaseOf(dataSource: JsonObject): string | undefined {
  const id = stringAt(objectAt(dataSource, 'parent'), 'database_id');
  return id === undefined ? undefined : compactId(id);
}

/** Parses the API's parent. Types nobody knows become `unknown`; the document keeps them as they came. */
export function parseParent(parent: JsonObject | undefined): Parent {
  const id = (key: string): string => compactId(stringAt(parent, key) ?? '');
  switch (stringAt(parent, 'type')) {
    case 'workspace':
      return { type: 'workspace', id: '' };
    case 'page_id':
      return { type: 'page', id: id('page_id') };
    case 'block_id':
      return { type: 'block', id: id('block_id') };
    case 'database_id':
      return { type: 'database', id: id('database_id') };
    case 'data_source_id':
      return id('database_id') === ''
        ? { type: 'data_source', id: id('data_source_id') }
        : { type: 'database', id: id('database_id') };
    default:
      return { type: 'unknown', id: '' };
  }
}

const knownTypes = new Set(['workspace', 'page_id', 'block_id', 'database_id', 'data_source_id', 'agent_id']);

/** The parent's type when it is one nobody knows. */
export function unknownParentType(object: JsonObject): string | undefined {
  const type = stringAt(objectAt(object, 'parent'), 'type');
  return type === undefined || knownTypes.has(type) ? undefined : type;
}
