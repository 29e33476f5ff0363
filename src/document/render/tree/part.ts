/** One block on its way into the tree. */
import type { BlockContent, DefinitionContent, PhrasingContent, RootContent } from 'mdast';
import type { BlockNode } from '../../documents.ts';
import type { JsonObject } from '../../json.ts';
import { compactId } from '../../notion-id.ts';
import type { PageContext } from './context.ts';

/** A block with what its form needs. */
export interface Part {
  readonly block: BlockNode;
  readonly id: string;
  readonly payload: JsonObject;
  /** Its rich text, with the marks of its comments. */
  readonly words: PhrasingContent[];
  /** The marks of its comments alone. */
  readonly marks: PhrasingContent[];
  /** The blocks below it. */
  readonly below: RootContent[];
  readonly context: PageContext;
}

/** The `id` of a block in HTML. */
export function anchorOf(id: string): string {
  return `block-${compactId(id).replace(/[^0-9a-z]/gi, '')}`;
}

/** The tree's own nodes stand wherever mdast allows blocks. */
export function blockContent(nodes: readonly RootContent[]): (BlockContent | DefinitionContent)[] {
  return nodes as (BlockContent | DefinitionContent)[];
}
