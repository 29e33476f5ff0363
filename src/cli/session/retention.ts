/** The rules of retention: from the options of `prune`, and from a configured policy. */
import type { RetentionPolicy } from '../../operations/keep/retention.ts';
import { calendarRules } from '../../operations/keep/retention.ts';
import { parseCount, parseDuration, splitWords } from '../text/parse.ts';
import type { Connector } from './settings/connector-options.ts';

/** Rules that are whole numbers, by their names in a policy. */
export const countRules = ['last', ...calendarRules] as const;

type Rules = { -readonly [rule in keyof RetentionPolicy]: RetentionPolicy[rule] };

/**
 * The rules that `options` give, each under its name in a policy: `{daily: "7", within: "30d", tags: "a,b"}`. `nameOf` is how an
 * error calls an option. @throws KlosetError `usage`
 */
export function retentionOf(
  options: { readonly [rule: string]: string | undefined },
  nameOf: (rule: string) => string,
): RetentionPolicy {
  const policy: Rules = {};
  for (const rule of countRules) {
    const text = options[rule];
    if (text !== undefined) policy[rule] = parseCount(text, nameOf(rule), 1);
  }
  const { within, tags } = options;
  if (within !== undefined) policy.withinMs = parseDuration(within, nameOf('within'), 1);
  const words = splitWords(tags ?? '');
  if (words.length > 0) policy.tags = words;
  const most: { [rule: string]: number } = {};
  for (const rule of calendarRules) {
    const text = options[`per_${rule}`];
    if (text !== undefined) most[rule] = parseCount(text, nameOf(`per_${rule}`), 1);
  }
  if (Object.keys(most).length > 0) policy.perPeriod = most;
  return policy;
}

/** The rules of a configured policy; empty when it has none. @throws KlosetError `usage` */
export function retentionOfPolicy(name: string, options: Connector): RetentionPolicy {
  return retentionOf(options, (rule) => `${rule} of the policy ${name}`);
}
