/**
 * Formula expressions as requests take them. Notion shows properties as `{{notion:block_property:<id>:<data source>:
 * <space>}}`, ids that mean nothing in a copy; requests name them `prop("Name")`.
 */
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';

const token = /\{\{notion:block_property:([^:}]*):([^:}]*)(?::[^}]*)?\}\}/g;
const named = /\bprop\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)/g;

export type ExpressionReference =
  | { readonly property: string; readonly source: CompactId }
  | { readonly name: string };

/** The properties an expression names, by id and data source or by name. */
export function* expressionReferences(expression: string): Iterable<ExpressionReference> {
  for (const [, id = '', source = ''] of expression.matchAll(token))
    yield { property: decodedPropertyId(id), source: compactId(source) };
  for (const [, quoted = ''] of expression.matchAll(named)) yield { name: unquoted(quoted) };
}

/**
 * The expression with every token replaced by the name it stands for.
 * @param nameOf the name of a property of a data source, or undefined when it is unknown
 * @returns undefined when a token's property is unknown: the formula cannot be created
 */
export function translatedExpression(
  expression: string,
  nameOf: (source: CompactId, property: string) => string | undefined,
): string | undefined {
  let isWhole = true;
  const translated = expression.replace(token, (_, id: string, source: string) => {
    const name = nameOf(compactId(source), decodedPropertyId(id));
    if (name === undefined) isWhole = false;
    return `prop(${JSON.stringify(name ?? '')})`;
  });
  return isWhole ? translated : undefined;
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, '$1');
}
