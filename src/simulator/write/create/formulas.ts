/**
 * Formula expressions: requests name properties as `prop("Name")`, Notion keeps and shows them as tokens with the
 * property's id, its data source and the workspace (recorded since 2025-09).
 */
import { validationError } from '../../protocol/api-error.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';

const reference = /\bprop\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)/g;

/**
 * The expression with its names turned into tokens.
 * @throws ApiError 400 when it names what the schema has not, names itself, or its brackets and quotes do not match
 */
export function storeExpression(
  expression: string,
  formula: PropertySchema,
  schema: readonly PropertySchema[],
  source: Pick<DataSource, 'id'>,
  workspaceId: string,
): string {
  if (expression.includes('{{notion:')) throw validationError('Type error with formula: Invalid syntax.');
  refuseUnbalanced(expression);
  const stored = expression.replace(reference, (_, quoted: string) => {
    const name = unquoted(quoted);
    const property = schema.find((candidate) => candidate.name === name);
    if (property === undefined)
      throw validationError(`Type error with formula: Undefined property ${JSON.stringify(name)}.`);
    if (property.id === formula.id)
      throw validationError('Type error with formula: A formula cannot refer to itself.');
    return `{{notion:block_property:${encodeURIComponent(property.id)}:${source.id}:${workspaceId}}}`;
  });
  if (/\bprop\s*\(/.test(withoutText(stored)))
    throw validationError('Type error with formula: prop takes the name of a property.');
  return stored;
}

/** The text a quoted literal stands for. */
function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** The expression with the contents of its text literals taken out. */
function withoutText(expression: string): string {
  return expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
}

function refuseUnbalanced(expression: string): void {
  const code = withoutText(expression.replace(/\/\*.*?\*\//gs, ''));
  const open: string[] = [];
  for (const character of code) {
    if ('([{'.includes(character)) open.push(character);
    else if (')]}'.includes(character) && `${open.pop()}${character}`.search(/^(\(\)|\[\]|\{\})$/) < 0)
      throw malformed();
  }
  if (open.length > 0 || /["']/.test(code.replaceAll('""', '')) || code.trim() === '') throw malformed();
}

function malformed(): Error {
  return validationError('Type error with formula: Invalid syntax.');
}
