/** Rich text as its plain words. */
import type { Json } from './json.ts';
import { objectAt, stringAt } from './json.ts';

/** The words of `runs` without their style; empty when there are none. */
export function plainText(runs: Json | undefined): string {
  if (!Array.isArray(runs)) return '';
  return runs
    .map((run) => stringAt(run, 'plain_text') ?? stringAt(objectAt(run, 'text'), 'content') ?? '')
    .join('');
}
