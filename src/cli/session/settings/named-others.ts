/** Settings that others name: the policy of a source, the notifications and the copies of a policy. */
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { splitWords } from '../../text/parse.ts';
import type { Connector, ConnectorKind } from './connector-options.ts';
import { ConnectorFile } from './connectors.ts';

interface Named {
  readonly kind: ConnectorKind;
  readonly name: string;
}

/** Says which of the settings that `options` name are not there: they may be added later. */
export function warnOfMissing(app: App, kind: ConnectorKind, options: Connector): void {
  for (const other of namedBy(kind, options)) {
    if (fileOf(app, other).read().has(other.name)) continue;
    app.warn(
      `warning: there is no ${other.kind === 'notify' ? 'notification' : other.kind} named "${other.name}" yet: \`notion-kloset ${other.kind} add ${other.name} …\`.`,
    );
  }
}

/** @throws KlosetError `not-found` for the first of the settings that `options` name and that is not there */
export function requireNamed(app: App, kind: ConnectorKind, options: Connector): void {
  for (const other of namedBy(kind, options)) fileOf(app, other).get(other.name);
}

function namedBy(kind: ConnectorKind, { policy, notify, copies }: Connector): Named[] {
  const plain = (word: string) => word.replace(/^@/, '');
  if (kind === 'source') return policy === undefined ? [] : [{ kind: 'policy', name: plain(policy) }];
  if (kind !== 'policy') return [];
  return [
    ...splitWords(notify ?? '').map((word) => ({ kind: 'notify' as const, name: plain(word) })),
    ...splitWords(copies ?? '').flatMap((word) =>
      word.startsWith('@') ? [{ kind: 'store' as const, name: plain(word) }] : [],
    ),
  ];
}

function fileOf(app: App, { kind }: Named): ConnectorFile {
  return new ConnectorFile(configFolder(app.io), kind);
}
