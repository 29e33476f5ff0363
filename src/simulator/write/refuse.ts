/** Turns what the checks found into the API's refusal. */
import { validationError } from '../protocol/api-error.ts';
import type { JsonObject } from '../workspace/json.ts';
import type { Check } from './check/problems.ts';
import { Problems } from './check/problems.ts';
import type { ObjectRule } from './check/shapes.ts';
import { object } from './check/shapes.ts';

/** Runs a check over a body. @throws ApiError 400 with everything it found */
export function accept(body: JsonObject, check: Check): void {
  refuseAny((problems) => check(body, 'body', problems));
}

/** Checks that a body has the keys of the rule and no others. @throws ApiError 400 */
export function acceptBody(body: JsonObject, rule: ObjectRule): void {
  accept(body, object(rule));
}

/** Collects problems and refuses when there are any. @throws ApiError 400 */
export function refuseAny(find: (problems: Problems) => void): void {
  const problems = new Problems();
  find(problems);
  const message = problems.message();
  if (message !== undefined) throw validationError(message);
}
