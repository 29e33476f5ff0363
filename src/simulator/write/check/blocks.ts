/**
 * Blocks in requests that create them. A request nests in three tiers: the first takes every block, the second
 * no columns, the third nothing with children and no table. Levels of `column` do not count.
 */
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import { colour, leafPayloads, noChildren, tableRow } from './block-payloads.ts';
import { icon } from './icons.ts';
import { uuid } from './ids.ts';
import type { Check, Path, Problems } from './problems.ts';
import { richText } from './rich-text.ts';
import type { ObjectRule } from './shapes.ts';
import {
  array,
  boolean,
  empty,
  integer,
  nullable,
  number,
  object,
  oneKeyOf,
  oneOf,
  optional,
} from './shapes.ts';

/** Settings of the simulator about blocks. */
export interface BlockRules {
  /** Takes a column without children, as recorded in 2026; the documentation asks for one at least. */
  readonly allowsEmptyColumns: boolean;
}

/** Kinds of container that take only one type of block. */
const onlyChild: { readonly [container: string]: string } = {
  column_list: 'column',
  tab: 'paragraph',
  table: 'table_row',
};

/** Types that stand in no other container than their own. */
const onlyIn: { readonly [type: string]: string } = { column: 'column_list', table_row: 'table' };

/**
 * The check for the `children` of a request.
 * @param container `page`, or the type of the block they are put into
 */
export function childrenCheck(container: string, rules: BlockRules): Check {
  return array(placedIn(container, firstTier(rules, container === 'tab')));
}

/** Number of blocks in a list of children at all levels; at most 1,000 go into one request. */
export function countBlocks(children: Json | undefined): number {
  if (!Array.isArray(children)) return 0;
  return children.reduce((sum: number, child) => sum + 1 + countBlocks(childrenOf(child)), 0);
}

/** The `children` inside a block's payload, if it has any. */
export function childrenOf(block: Json | undefined): Json | undefined {
  if (!isJsonObject(block)) return undefined;
  for (const payload of Object.values(block)) {
    if (isJsonObject(payload) && payload.children !== undefined) return payload.children;
  }
  return undefined;
}

/** The type of a block in a request: `type`, or the key of its payload. */
export function typeOf(block: JsonObject): string {
  if (typeof block.type === 'string') return block.type;
  return Object.keys(block).find((key) => key !== 'object') ?? '';
}

const common: ObjectRule = { object: optional(oneOf(['block'])) };
const table = (value: Json | undefined, path: Path, problems: Problems) => {
  shapeOfTable(value, path, problems);
  if (!isJsonObject(value) || !Array.isArray(value.children)) return;
  problems.atLeast(`${path}.children`, 1, value.children.length);
};
const shapeOfTable = object({
  table_width: integer(1, 100),
  has_column_header: optional(boolean),
  has_row_header: optional(boolean),
  children: array(oneKeyOf({ payloads: { table_row: tableRow }, common })),
});

function firstTier(rules: BlockRules, isTabItem: boolean): Check {
  const second = secondTier();
  const column: ObjectRule = {
    children: rules.allowsEmptyColumns ? array(second) : filled(second, 1),
    width_ratio: optional(ratio),
  };
  const columns = oneKeyOf({ payloads: { column: object(column) }, common });
  return choice({
    ...leafPayloads,
    tab: object({ children: filled(tabItem(thirdTier()), 1) }),
    table_row: tableRow,
    table,
    column_list: object({ children: filled(columns, 2) }),
    column: object(column),
    ...containers(optional(array(second)), isTabItem),
  });
}

function secondTier(): Check {
  return choice({
    ...leafPayloads,
    tab: object({ children: filled(tabItem(undefined), 1) }),
    table,
    ...containers(optional(array(thirdTier())), false),
  });
}

function thirdTier(): Check {
  return choice({ ...leafPayloads, tab: empty, ...containers(optional(noChildren), false) });
}

/** Blocks of text that may hold others, as far as `children` lets them. */
function containers(children: ObjectRule[string], isTabItem: boolean): { [type: string]: Check } {
  const text: ObjectRule = { rich_text: richText, color: colour, children };
  const heading = togglesWithChildren(object({ ...text, is_toggleable: optional(boolean) }));
  return {
    heading_1: heading,
    heading_2: heading,
    heading_3: heading,
    heading_4: heading,
    paragraph: object({ ...text, icon: optional(isTabItem ? icon : onlyInTabs) }),
    bulleted_list_item: object(text),
    numbered_list_item: object(text),
    quote: object(text),
    to_do: object({ ...text, checked: optional(boolean) }),
    toggle: object(text),
    callout: object({ ...text, icon: optional(icon) }),
    synced_block: copiesHaveNoChildren(object({ synced_from: nullable(original), children })),
  };
}

const original = oneKeyOf({ payloads: { block_id: uuid } });

function tabItem(tier: Check | undefined): Check {
  const children = optional(tier === undefined ? noChildren : array(tier));
  const paragraph = object({ rich_text: richText, color: colour, icon: optional(icon), children });
  return oneKeyOf({ payloads: { paragraph }, common });
}

function choice(payloads: { readonly [type: string]: Check }): Check {
  return oneKeyOf({ payloads, common });
}

function filled(check: Check, least: number): Check {
  const items = array(check);
  return (value, path, problems) => {
    items(value, path, problems);
    if (Array.isArray(value)) problems.atLeast(path, least, value.length);
  };
}

/** Between 0 and 1, neither included. */
const ratio: Check = (value, path, problems) => {
  number(value, path, problems);
  if (typeof value === 'number' && (value <= 0 || value >= 1))
    problems.should(path, 'be between `0` and `1`', value);
};

/** `icon` of a paragraph reads as null everywhere, and is written only inside a tab. */
const onlyInTabs: Check = (value, path, problems) => {
  if (value === null) problems.should(path, 'be an object', null);
  else problems.should(path, 'be not present', value);
};

function togglesWithChildren(shape: Check): Check {
  return (value, path, problems) => {
    shape(value, path, problems);
    if (!isJsonObject(value) || value.is_toggleable === true) return;
    if (Array.isArray(value.children) && value.children.length > 0) {
      problems.should(`${path}.children`, 'be not present', value.children);
    }
  };
}

function copiesHaveNoChildren(shape: Check): Check {
  return (value, path, problems) => {
    shape(value, path, problems);
    if (!isJsonObject(value) || !isJsonObject(value.synced_from)) return;
    // An empty list beside `synced_from` was accepted in 2026.
    if (Array.isArray(value.children) && value.children.length > 0) {
      problems.should(`${path}.children`, 'be not present', value.children);
    }
  };
}

function placedIn(container: string, check: Check): Check {
  const only = onlyChild[container];
  return (value, path, problems) => {
    const before = problems.found.length;
    check(value, path, problems);
    if (problems.found.length > before || !isJsonObject(value)) return;
    const type = typeOf(value);
    const home = onlyIn[type];
    if (only !== undefined && type !== only) problems.should(`${path}.${only}`, 'be defined', undefined);
    else if (home !== undefined && home !== container)
      problems.should(`${path}.${type}`, 'be not present', value[type]);
  };
}
