/** Values of a source, a destination or a store, looked at when they are set. */
import { isRemote, parseRemoteAddress } from '../../backend/remote-address.ts';
import { KlosetError } from '../../errors.ts';
import { parseApiUrl } from '../../notion/api/api-url.ts';
import { parseSwitch } from '../text/parse.ts';
import { ratesOf } from './network/rates.ts';
import { idOf } from './notion-session.ts';
import type { Connector, ConnectorKind } from './settings/connector-options.ts';
import { waysToGive } from './settings/ways-to-give.ts';

/** Options of a store that one kind of place alone looks at. */
const ofPlaces: { readonly [kind: string]: readonly string[] } = {
  s3: ['region', 'profile', 'access_key_id', ...waysToGive('secret_access_key')],
  sftp: ['ssh_command'],
};

/** Checks each value that `options` have. @throws KlosetError `usage` */
export function checkConnectorValues(kind: ConnectorKind, options: Connector): void {
  if (options.api_url !== undefined) parseApiUrl(options.api_url);
  if (options.rootID !== undefined) idOf(options.rootID, 'rootID');
  if (options.append_only !== undefined) parseSwitch(options.append_only, 'append_only');
  ratesOf({}, options);
  if (kind === 'source' && options.rootID !== undefined)
    throw new KlosetError('usage', 'A source is read from its top: rootID is an option of a destination.', {
      hint: 'Give `backup --root ID` for a part, or include=PATTERN of the policy.',
    });
}

/** Checks what a changed store has together. @throws KlosetError `usage` for an option that its place does not look at */
export function checkStorePlace(all: Connector, changes: Connector): void {
  const { location = '' } = all;
  const place = isRemote(location) ? parseRemoteAddress(location).kind : 'folder';
  for (const [kind, names] of Object.entries(ofPlaces)) {
    const alien = names.find((name) => changes[name] !== undefined);
    if (alien !== undefined && kind !== place)
      throw new KlosetError('usage', `${alien} is for a store at ${kind}://, not at ${location}.`);
  }
}
