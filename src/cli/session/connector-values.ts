/** Values of a source, a destination or a store, looked at when they are set. */
import { parseApiUrl } from '../../notion/api/api-url.ts';
import { parseSwitch } from '../text/parse.ts';
import { ratesOf } from './network/rates.ts';
import { idOf } from './notion-session.ts';
import type { Connector } from './settings/connectors.ts';

/** Checks each value that `options` have. @throws KlosetError `usage` */
export function checkConnectorValues(options: Connector): void {
  if (options.api_url !== undefined) parseApiUrl(options.api_url);
  if (options.rootID !== undefined) idOf(options.rootID, 'rootID');
  if (options.append_only !== undefined) parseSwitch(options.append_only, 'append_only');
  ratesOf({}, options);
}
