/** Retention policies as the configuration has them. */

import type { Selection } from '../../document/selection/selection.ts';
import { keepsAnything } from '../../operations/keep/retention.ts';
import type { NamedPolicy } from '../../web/pages/health-page.ts';
import type { App } from '../app/app.ts';
import { configFolder } from '../app/folders.ts';
import { limitsOfPolicy, selectionOfPolicy } from './night-policy.ts';
import { retentionOfPolicy } from './retention.ts';
import type { NotionLimits } from './scope/limits.ts';
import type { Connector } from './settings/connectors.ts';
import { ConnectorFile } from './settings/connectors.ts';

/** Every configured policy that has a rule for what to keep. @throws KlosetError `usage` for one that cannot be read */
export function configuredPolicies(app: App): NamedPolicy[] {
  const all = new ConnectorFile(configFolder(app.io), 'policy').read();
  return [...all].flatMap(([name, options]) => {
    const policy = retentionOfPolicy(name, options);
    return keepsAnything(policy) ? [{ name, policy }] : [];
  });
}

/** The options of the policy `name`, or of that of the source; none when no policy is named. @throws KlosetError `not-found` */
export function policyOptions(app: App, { policy }: Connector, name = policy): Connector {
  return name === undefined
    ? {}
    : new ConnectorFile(configFolder(app.io), 'policy').get(name.replace(/^@/, ''));
}

/**
 * The rules of a source's policy that hold for every backup of it: what it is of, and how much may be asked of Notion.
 * Quiet hours and labels are those of `run`.
 */
export class PolicyOfSource {
  readonly #options: Connector;

  /** @throws KlosetError `not-found` when the source names a policy that does not exist */
  constructor(app: App, source: Connector) {
    this.#options = policyOptions(app, source);
  }

  /** @throws KlosetError `usage` */
  get selection(): Selection | undefined {
    return selectionOfPolicy(this.#options);
  }

  /** @throws KlosetError `usage` */
  get limits(): NotionLimits {
    return { requestsPerHour: limitsOfPolicy(this.#options).requestsPerHour };
  }
}
