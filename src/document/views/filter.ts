/**
 * Filters of views. Each row is shown, not shown, or it cannot be said: then it is shown, and a note tells why. What cannot
 * be applied is never left out silently.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { allOf, anyOf, conditionFor, fitsType, onlyMember } from './condition.ts';
import { isRelative } from './date-condition.ts';
import { dayText } from './days.ts';
import type { SchemaProperty, ViewRow } from './view-schema.ts';
import { propertyNamed, rowValue } from './view-schema.ts';

/** The things that a view is seen with. */
export interface ViewContext {
  readonly schema: readonly SchemaProperty[];
  /** Milliseconds since 1970: the time of the snapshot, from which relative dates count; NaN when it is not known. */
  readonly nowMs: number;
  /** Tells what of the view could not be followed. */
  readonly tell: (note: string) => void;
}

/** True to show the row; undefined when that cannot be said. */
export type RowTest = (row: ViewRow) => boolean | undefined;

/** The test of a view's filter. */
export function compileFilter(filter: Json | undefined, context: ViewContext): RowTest {
  if (filter === undefined || filter === null) return () => true;
  if (!isObject(filter)) return unknown(filter, context);
  for (const joint of ['and', 'or'] as const) {
    const parts = filter[joint];
    if (!Array.isArray(parts)) continue;
    const tests = parts.map((part) => compileFilter(part, context));
    if (tests.length === 0) return () => true;
    const join = joint === 'and' ? allOf : anyOf;
    return (row) => join(tests.map((test) => test(row)));
  }
  if (typeof filter.timestamp === 'string') return compileTimestamp(filter.timestamp, filter, context);
  return compileProperty(filter, context);
}

function compileTimestamp(name: string, filter: JsonObject, context: ViewContext): RowTest {
  const isKnown = name === 'created_time' || name === 'last_edited_time';
  const asked = filter[name] ?? null;
  const test = isKnown ? conditionFor('date', asked, context.nowMs) : undefined;
  if (test === undefined) return unknown(filter, context);
  tellDay(asked, context);
  return ({ page }) => {
    const time = stringAt(page, name);
    return time === undefined ? undefined : test(time);
  };
}

function compileProperty(filter: JsonObject, context: ViewContext): RowTest {
  const property = propertyNamed(context.schema, stringAt(filter, 'property'));
  const [asked, condition] = onlyMember(filter, 'property', 'type') ?? [];
  if (property === undefined || asked === undefined || !fitsType(asked, property.type))
    return unknown(filter, context);
  const test = conditionFor(asked, condition ?? null, context.nowMs, property);
  if (test === undefined) return unknown(filter, context);
  tellDay(condition ?? null, context);
  return (row) => {
    const value = rowValue(row, property);
    const verdict = value === undefined ? undefined : test(value);
    if (verdict === undefined)
      context.tell(
        `Rows whose ${printable(property.name)} is not known are shown although the view asks for it.`,
      );
    return verdict;
  };
}

function unknown(filter: Json, context: ViewContext): RowTest {
  context.tell(`This filter could not be applied: ${filterText(filter, context)}.`);
  return () => undefined;
}

/** A filter in words. */
function filterText(filter: Json, { schema }: ViewContext): string {
  const key = stringAt(filter, 'property') ?? stringAt(filter, 'timestamp');
  const [, condition] = onlyMember(filter, 'property', 'type', 'timestamp') ?? [];
  const [operator, operand] = onlyMember(condition ?? null) ?? [];
  const words =
    key === undefined || operator === undefined
      ? JSON.stringify(filter)
      : `${propertyNamed(schema, key)?.name ?? key} ${operator.replaceAll('_', ' ')} ${operandText(operand ?? null)}`;
  return printable(words.length > 200 ? `${words.slice(0, 199)}…` : words).trimEnd();
}

function operandText(operand: Json): string {
  return operand === true || (isObject(operand) && Object.keys(operand).length === 0)
    ? ''
    : JSON.stringify(operand);
}

/** Tells the day from which relative dates count. */
function tellDay(condition: Json, { nowMs, tell }: ViewContext): void {
  if (hasRelative(condition))
    tell(
      `Dates relative to today are counted from ${dayText(nowMs)}, the day of the snapshot in UTC; weeks begin on Sunday.`,
    );
}

function hasRelative(condition: Json): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, operand]) => isRelative(operator, operand) || hasRelative(operand),
  );
}
