/** From the settings of a store to the connection to its place: region, profile, keys. */
import type { PlaceOptions } from '../../backend/location/at-location.ts';
import type { RateLimits } from '../../backend/remote/pace.ts';
import type { S3Keys } from '../../backend/s3/open-s3.ts';
import { KlosetError } from '../../errors.ts';
import type { App } from '../app/app.ts';
import { parseBytes } from '../text/parse.ts';
import type { Connector } from './connectors.ts';
import { childEnvironment, secretFromCommand, secretFromFile, secretFromVariable } from './secret-sources.ts';

const what = 'secret access key';

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
  const ssh = { env: childEnvironment(app), ...(command.length === 0 ? {} : { command }) };
  return { clock: app.io.clock, signal: app.io.signal, s3, ssh, limits: limitsOf(app, settings) };
}

/** The options of the command line come before those of the store. */
function limitsOf({ options }: App, settings: Connector): RateLimits {
  const upload = options.limitUpload ?? settings.limit_upload;
  const download = options.limitDownload ?? settings.limit_download;
  return {
    ...(upload === undefined ? {} : { uploadBytes: parseBytes(upload, '--limit-upload') }),
    ...(download === undefined ? {} : { downloadBytes: parseBytes(download, '--limit-download') }),
  };
}

/** Words between spaces. No shell reads them, so nothing in them is special. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

async function keysOf(app: App, settings: Connector): Promise<S3Keys | undefined> {
  const { access_key_id: accessKeyId } = settings;
  const secretAccessKey = await secretKeyOf(app, settings);
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

async function secretKeyOf(app: App, settings: Connector): Promise<string | undefined> {
  const { secret_access_key, secret_access_key_file, secret_access_key_command, secret_access_key_env } =
    settings;
  if (secret_access_key !== undefined) return secret_access_key;
  if (secret_access_key_file !== undefined) return secretFromFile(app, secret_access_key_file, what);
  if (secret_access_key_command !== undefined) return secretFromCommand(app, secret_access_key_command, what);
  return secret_access_key_env === undefined
    ? undefined
    : secretFromVariable(app, secret_access_key_env, what);
}
