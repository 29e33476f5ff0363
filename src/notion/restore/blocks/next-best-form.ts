/**
 * The forms in which a block that Notion refuses is tried next: by itself, without the blocks below it; then with what it
 * names by address in a form that asks less of the address (embed, bookmark, linked paragraph); then without links.
 */
import { blockType } from '../../../document/block-types.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, mapValues } from '../../../document/json.ts';
import type { FormChange, WriteNode } from './write-node.ts';

export interface Form {
  readonly node: WriteNode;
  /** Blocks to be appended to it by themselves. */
  readonly below: readonly WriteNode[];
  readonly changes: readonly FormChange[];
}

/** The forms to try in place of `node`, the closest first. */
export function nextBestForms(node: WriteNode): Form[] {
  const isAlone = node.children.length === 0 || blockType(node.type)?.children === 'required';
  const below = isAlone ? [] : node.children;
  let form: Form = { node: isAlone ? node : { ...node, children: [] }, below, changes: [] };
  const forms = isAlone ? [] : [form];
  for (;;) {
    const next = changed(form.node, fallbackOf) ?? changed(form.node, withoutLinks);
    if (next === undefined) return forms;
    form = { node: next.node, below, changes: [...form.changes, ...next.changes] };
    forms.push(form);
  }
}

/** The blocks in a container that Notion takes in no form: they can stand in its place. */
export function contentsOf(node: WriteNode): WriteNode[] {
  const isStructure = node.type === 'table' || node.type === 'column_list';
  const contents = isStructure
    ? node.children.filter(({ type }) => type === 'column').flatMap(({ children }) => children)
    : node.children;
  return contents.filter(({ isPlaceholder }) => !isPlaceholder).map(outsideTabs);
}

/** Only the paragraphs of tabs have icons. */
function outsideTabs(node: WriteNode): WriteNode {
  if (node.type !== 'paragraph' || node.payload.icon === undefined) return node;
  const { icon: _, ...payload } = node.payload;
  return { ...node, payload, files: [] };
}

interface Changed {
  readonly node: WriteNode;
  readonly changes: readonly FormChange[];
}

type Change = (node: WriteNode) => Changed | undefined;

/** `node` with itself or the blocks below it changed; undefined when there is nothing to change. */
function changed(node: WriteNode, change: Change): Changed | undefined {
  const own = change(node);
  const kids = (own?.node ?? node).children.map((kid) => changed(kid, change));
  if (own === undefined && kids.every((kid) => kid === undefined)) return undefined;
  const from = own?.node ?? node;
  return {
    node: { ...from, children: from.children.map((kid, index) => kids[index]?.node ?? kid) },
    changes: [...(own?.changes ?? []), ...kids.flatMap((kid) => kid?.changes ?? [])],
  };
}

function fallbackOf({ fallback, sourceId }: WriteNode): Changed | undefined {
  return fallback === undefined
    ? undefined
    : { node: { ...fallback.node, sourceId }, changes: [fallback.change] };
}

function withoutLinks(node: WriteNode): Changed | undefined {
  const { payload, isChanged } = unlinked(node.payload);
  if (!isChanged) return undefined;
  const change = { id: node.sourceId ?? '', kind: `block ${node.type}`, how: 'written without its links' };
  return { node: { ...node, payload }, changes: [change] };
}

/** A payload without the links of its texts. */
function unlinked(payload: JsonObject): { readonly payload: JsonObject; readonly isChanged: boolean } {
  let isChanged = false;
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(strip);
    if (!isObject(value)) return value;
    const { link, ...rest } = value;
    if (isObject(link)) isChanged = true;
    return isObject(link) ? rest : mapValues(value, strip);
  };
  const lists = Object.entries(payload).map(([key, value]): [string, Json] => [
    key,
    Array.isArray(value) ? strip(value) : value,
  ]);
  return { payload: Object.fromEntries(lists), isChanged };
}
