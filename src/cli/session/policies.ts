/** Retention policies as the configuration has them. */
import { keepsAnything } from '../../operations/keep/retention.ts';
import type { NamedPolicy } from '../../web/pages/health-page.ts';
import type { App } from '../app/app.ts';
import { configFolder } from '../app/folders.ts';
import { ConnectorFile } from './connectors.ts';
import { retentionOfPolicy } from './retention.ts';

/** Every configured policy that has a rule for what to keep. @throws KlosetError `usage` for one that cannot be read */
export function configuredPolicies(app: App): NamedPolicy[] {
  const all = new ConnectorFile(configFolder(app.io), 'policy').read();
  return [...all].flatMap(([name, options]) => {
    const policy = retentionOfPolicy(name, options);
    return keepsAnything(policy) ? [{ name, policy }] : [];
  });
}
