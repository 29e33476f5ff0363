/** From where a store lies to its backend. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { RateLimits } from '../../pace.ts';
import type { Backend } from '../backend.ts';
import { LocalBackend } from '../local.ts';
import type { Traffic } from '../remote/traffic.ts';
import { isRemote, parseRemoteAddress } from '../remote-address.ts';
import type { S3Options } from '../s3/open-s3.ts';
import type { SshOptions } from '../sftp/sftp-session.ts';

export interface PlaceOptions {
  readonly clock?: Clock;
  /** Ends waiting for a server that does not answer. */
  readonly signal?: AbortSignal;
  readonly s3?: S3Options;
  readonly ssh?: SshOptions;
  /** Of a place on another machine. */
  readonly limits?: RateLimits;
  /** Told of the bytes that move to and from a place on another machine. */
  readonly traffic?: Traffic;
}

/**
 * The store at `location`: a folder, which need not exist yet, an exported file, or the address of one on another machine.
 * @throws KlosetError usage, integrity, unavailable
 */
export async function backendAt(location: string, options: PlaceOptions = {}): Promise<Backend> {
  const { clock = systemClock, signal, s3 = {}, ssh = {}, limits = {} } = options;
  if (isRemote(location)) {
    const patience = signal === undefined ? { clock } : { clock, signal };
    const address = parseRemoteAddress(location);
    // Loaded only by those whose store lies there, as the other kinds of a place below.
    const { pacesOf } = await import('../../pace.ts');
    const { traffic } = options;
    const paces = { ...pacesOf(patience, limits), ...(traffic === undefined ? {} : { traffic }) };
    if (address.kind === 's3') {
      const { openS3 } = await import('../s3/open-s3.ts');
      return await openS3(address, patience, { paces, ...s3 });
    }
    const { SftpBackend } = await import('../sftp/sftp-backend.ts');
    return new SftpBackend(address, patience, { paces, ...ssh });
  }
  const status = await stat(location).catch(() => undefined);
  if (status?.isFile() !== true) return new LocalBackend(location, () => clock.now());
  const { BundleBackend } = await import('../bundle/bundle.ts');
  return await BundleBackend.open(location);
}
