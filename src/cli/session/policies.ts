/** Retention policies as the configuration has them. */
import type { RetentionPolicy } from '../../operations/keep/retention.ts';
import type { NamedPolicy } from '../../web/pages/health-page.ts';
import type { App } from '../app/app.ts';
import { configFolder } from '../app/folders.ts';
import { parseCount, parseDuration } from '../text/parse.ts';
import { ConnectorFile } from './connectors.ts';

export const countRules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

/** The rules that `options` have. @throws KlosetError `usage` for a value that cannot be read */
export function policyFrom(options: { readonly [rule: string]: string | undefined }): RetentionPolicy {
  const policy: { -readonly [rule in keyof RetentionPolicy]: RetentionPolicy[rule] } = {};
  for (const rule of countRules) {
    const text = options[rule];
    if (text !== undefined) policy[rule] = parseCount(text, `keep-${rule}`, 1);
  }
  if (options.within !== undefined) policy.withinMs = parseDuration(options.within);
  const tags = (options.tags ?? '').split(',').filter((tag) => tag !== '');
  if (tags.length > 0) policy.tags = tags;
  return policy;
}

/** Every configured policy that has a rule. @throws KlosetError `usage` for one that cannot be read */
export function configuredPolicies(app: App): NamedPolicy[] {
  const all = new ConnectorFile(configFolder(app.io), 'policy').read();
  return [...all].flatMap(([name, options]) => {
    const policy = policyFrom(options);
    return Object.keys(policy).length === 0 ? [] : [{ name, policy }];
  });
}
