/** Parents in requests. A block is never one: what is to lie in a block is put on its page. */
import { uuid } from './ids.ts';
import type { Check } from './problems.ts';
import { oneKeyOf, oneOf } from './shapes.ts';

const page = { page_id: uuid };
const source = { data_source_id: uuid };
const database = { database_id: uuid };
const workspace = { workspace: oneOf([true]) };

/** Of a page to be created. */
export const pageParent: Check = oneKeyOf({ payloads: { ...page, ...source, ...workspace } });
/** Of a page to be moved. */
export const moveParent: Check = oneKeyOf({ payloads: { ...page, ...source } });
/** Of a database. */
export const databaseParent: Check = oneKeyOf({ payloads: { ...page, ...workspace } });
/** Of a data source. */
export const dataSourceParent: Check = oneKeyOf({ payloads: database });
/** Of a comment. */
export const commentParent: Check = oneKeyOf({ payloads: { ...page, block_id: uuid } });
