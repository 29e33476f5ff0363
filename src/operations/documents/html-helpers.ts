/** Formulas and colours of code in HTML: large libraries, loaded when the first page needs them. */

import type { BlockNode, PageDocument } from '../../document/documents.ts';
import type { Json } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { codeColors } from '../../document/render/code-colors.ts';
import type { HtmlHelpers } from '../../document/render/html-tree.ts';
import { mathMarkup } from '../../document/render/math-markup.ts';

/** The helpers that `document` needs. */
export async function htmlHelpers(document: PageDocument): Promise<HtmlHelpers> {
  const types = new Set<string>();
  for (const block of document.blocks) addTypes(block, types);
  addTypes(document.page, types);
  return {
    ...(types.has('equation') ? { math: await mathMarkup() } : {}),
    ...(types.has('code') ? { highlight: await codeColors() } : {}),
  };
}

function addTypes(value: BlockNode | Json, types: Set<string>): void {
  if (Array.isArray(value)) for (const member of value) addTypes(member, types);
  else if (isObject(value)) {
    if (typeof value.type === 'string') types.add(value.type);
    for (const member of Object.values(value)) if (typeof member === 'object') addTypes(member, types);
  }
}
