/** From an address to a store in a bucket: the SDK, its client, region and credentials. */
import { isProxied, proxyAgentOptions } from '../../proxy.ts';
import type { Backend } from '../backend.ts';
import type { Patience } from '../remote/patience.ts';
import type { WatchedPaces } from '../remote/traffic.ts';
import type { S3Address } from '../remote-address.ts';
import { S3Backend } from './s3-backend.ts';
import { S3Bucket } from './s3-bucket.ts';
import type { Sdk } from './sdk.ts';
import { loadSdk } from './sdk.ts';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Anything that is not given is found as the tools of AWS find it: environment, profile, role of the machine. */
export interface S3Options {
  readonly region?: string;
  readonly profile?: string;
  readonly keys?: S3Keys;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleMs?: number;
  readonly paces?: WatchedPaces;
}

const connectMs = 10_000;
const defaultIdleMs = 60_000;
/** Servers of one's own mostly do not care, but a signature needs a region. */
const defaultRegion = 'us-east-1';

/** @throws KlosetError usage when the SDK is not installed */
export async function openS3(address: S3Address, patience: Patience, options: S3Options): Promise<Backend> {
  const sdk = await loadSdk();
  const { location, bucket, prefix } = address;
  const idleMs = options.idleMs ?? defaultIdleMs;
  const client = await clientFor(sdk, address, options, idleMs);
  const requests = new S3Bucket({
    sdk,
    client,
    bucket,
    location,
    patience,
    idleMs,
    paces: options.paces ?? {},
  });
  return new S3Backend({ location, bucket: requests, prefix, patience });
}

async function clientFor(sdk: Sdk, { endpoint }: S3Address, options: S3Options, idleMs: number) {
  const { region, profile, keys } = options;
  const settings = {
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(keys === undefined ? {} : { credentials: keys }),
    // Repeats are counted in one place, patience.ts.
    maxAttempts: 1,
    // Without one the SDK writes on the console that a body at a limited rate was refused.
    logger: silentLogger,
    // Bodies carry Content-MD5. Other checksums come as a trailer, which Ceph and Swift refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // For a body whose answer it awaits first, the SDK opens a connection past our agents.
    ...(isProxied() ? { expectContinueHeader: false } : {}),
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: idleMs,
      httpAgent: { ...agent, ...proxyAgentOptions() },
      httpsAgent: { ...agent, ...proxyAgentOptions() },
    },
  } as const;
  const client = new sdk.S3Client(settings);
  const isKnown = await client.config.region().then(
    () => true,
    () => false,
  );
  return isKnown || endpoint === undefined
    ? client
    : new sdk.S3Client({ ...settings, region: defaultRegion });
}

const silence = (): void => undefined;
const silentLogger = { trace: silence, debug: silence, info: silence, warn: silence, error: silence };
const agent = { keepAlive: true, maxSockets: 64 };
