/** From the settings of a store to the connection to its place: region, profile, keys. */
import type { PlaceOptions } from '../../backend/location/at-location.ts';
import type { S3Keys } from '../../backend/s3/open-s3.ts';
import { KlosetError } from '../../errors.ts';
import type { App } from '../app/app.ts';
import { ratesOf } from './network/rates.ts';
import { childEnvironment } from './secrets/child-environment.ts';
import { secretOption } from './secrets/secret-option.ts';
import type { Connector } from './settings/connectors.ts';

/**
 * Keys that the settings do not name are left to the environment, a profile or the role of the machine.
 * @throws KlosetError usage for half a pair of keys, credentials when the secret cannot be had
 */
export async function placeOptions(app: App, settings: Connector): Promise<PlaceOptions> {
  const { region, profile } = settings;
  const keys = await keysOf(app, settings);
  const s3 = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(keys === undefined ? {} : { keys }),
  };
  const command = wordsOf(settings.ssh_command ?? app.io.env.NOTION_KLOSET_SSH_COMMAND ?? '');
  const ssh = {
    // Settings are read for it: only where ssh is started.
    get env() {
      return childEnvironment(app);
    },
    ...(command.length === 0 ? {} : { command }),
  };
  const { clock, signal } = app.io;
  return { clock, signal, s3, ssh, limits: ratesOf(app.options, settings), traffic: app.transfer };
}

/** Words between spaces. No shell reads them, so nothing in them is special. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

async function keysOf(app: App, settings: Connector): Promise<S3Keys | undefined> {
  const { access_key_id: accessKeyId } = settings;
  const secretAccessKey = await secretOption(app, settings, 'secret_access_key', 'secret access key');
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  throw new KlosetError(
    'usage',
    'The settings of the store name only one of access_key_id and secret_access_key.',
    {
      hint: 'Add the other one with `notion-kloset store set`.',
    },
  );
}
