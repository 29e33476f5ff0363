/** Single filter conditions, by the type of value they look at. */
import { failedValidation, notPresent } from '../protocol/api-error.ts';
import { plainText } from '../render/content.ts';
import type { Json } from '../workspace/json.ts';
import { isJsonObject, stringAt } from '../workspace/json.ts';
import { dateCondition } from './date-condition.ts';

/** True when a property value, as it stands under its type's name, fulfils the condition. */
export type Condition = (value: Json) => boolean;

/**
 * The test for `condition`, an object with exactly one operator.
 * @param now for relative dates, in milliseconds
 * @throws ApiError when the operator is not one of the type's, or its operand of the wrong kind
 */
export function conditionFor(
  type: string,
  condition: Json | undefined,
  where: string,
  now: number,
): Condition {
  if (!isJsonObject(condition)) throw failedValidation(where, 'an object', condition ?? null);
  const [operator, operand] = Object.entries(condition)[0] ?? [];
  if (operator === undefined || operand === undefined) throw failedValidation(where, 'an object', condition);
  const at = `${where}.${operator}`;
  if (operator === 'is_empty' || operator === 'is_not_empty') {
    if (operand !== true) throw failedValidation(at, '`true`', operand);
    if (type === 'checkbox') throw notPresent(at, operand);
    return (value) => isEmpty(value) === (operator === 'is_empty');
  }
  switch (type) {
    case 'title':
    case 'rich_text':
    case 'url':
    case 'email':
    case 'phone_number':
      return textCondition(operator, text(at, operand), at);
    case 'number':
    case 'unique_id':
      return numberCondition(operator, operand, at);
    case 'checkbox':
      return checkboxCondition(operator, operand, at);
    case 'select':
    case 'status':
      return nameCondition(operator, text(at, operand), at);
    case 'multi_select':
      return memberCondition(operator, text(at, operand), at, 'name');
    case 'people':
    case 'relation':
    case 'created_by':
    case 'last_edited_by':
      return memberCondition(operator, text(at, operand), at, 'id');
    case 'date':
    case 'created_time':
    case 'last_edited_time':
      return dateCondition(operator, operand, at, now);
    default:
      throw notPresent(where, condition);
  }
}

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function text(where: string, operand: Json): string {
  if (typeof operand !== 'string') throw failedValidation(where, 'a string', operand);
  return operand;
}

function textCondition(operator: string, wanted: string, where: string): Condition {
  const read = (value: Json) => (typeof value === 'string' ? value : plainText(value)).toLowerCase();
  const low = wanted.toLowerCase();
  switch (operator) {
    case 'equals':
      return (value) => read(value) === low;
    case 'does_not_equal':
      return (value) => read(value) !== low;
    case 'contains':
      return (value) => read(value).includes(low);
    case 'does_not_contain':
      return (value) => !read(value).includes(low);
    case 'starts_with':
      return (value) => read(value).startsWith(low);
    case 'ends_with':
      return (value) => read(value).endsWith(low);
    default:
      throw notPresent(where, wanted);
  }
}

function numberCondition(operator: string, wanted: Json, where: string): Condition {
  if (typeof wanted !== 'number') throw failedValidation(where, 'a number', wanted);
  const compare = comparison(operator);
  if (compare === undefined) throw notPresent(where, wanted);
  return (value) => {
    const number = isJsonObject(value) ? value.number : value;
    return typeof number === 'number' ? compare(number - wanted) : operator === 'does_not_equal';
  };
}

function comparison(operator: string): ((difference: number) => boolean) | undefined {
  switch (operator) {
    case 'equals':
      return (difference) => difference === 0;
    case 'does_not_equal':
      return (difference) => difference !== 0;
    case 'greater_than':
      return (difference) => difference > 0;
    case 'less_than':
      return (difference) => difference < 0;
    case 'greater_than_or_equal_to':
      return (difference) => difference >= 0;
    case 'less_than_or_equal_to':
      return (difference) => difference <= 0;
    default:
      return undefined;
  }
}

function checkboxCondition(operator: string, wanted: Json, where: string): Condition {
  if (typeof wanted !== 'boolean') throw failedValidation(where, 'a boolean', wanted);
  if (operator === 'equals') return (value) => value === wanted;
  if (operator === 'does_not_equal') return (value) => value !== wanted;
  throw notPresent(where, wanted);
}

function nameCondition(operator: string, wanted: string, where: string): Condition {
  const name = (value: Json) => (isJsonObject(value) ? stringAt(value, 'name') : undefined);
  if (operator === 'equals') return (value) => name(value) === wanted;
  if (operator === 'does_not_equal') return (value) => name(value) !== wanted;
  throw notPresent(where, wanted);
}

function memberCondition(operator: string, wanted: string, where: string, key: 'name' | 'id'): Condition {
  const has = (value: Json) =>
    (Array.isArray(value) ? value : [value]).some((item) => isJsonObject(item) && item[key] === wanted);
  if (operator === 'contains') return has;
  if (operator === 'does_not_contain') return (value) => !has(value);
  throw notPresent(where, wanted);
}
