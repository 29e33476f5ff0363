/** Failures of an S3 server as errors for people; which of them may pass, and which are answers. */
import type { ErrorCode, ErrorDetails } from '../../errors.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { networkCode, networkError, passingNetworkCodes } from '../remote/network-errors.ts';

/** Facts of a failure, wherever the SDK keeps them. */
export interface S3Failure {
  /** The server's word ("NoSuchKey"), or the SDK's where the answer had no body. */
  readonly name: string;
  /** Undefined without an answer. */
  readonly status: number | undefined;
}

export function failureOf(error: unknown): S3Failure {
  return { name: textAt(error, 'name'), status: statusOf(error) };
}

const passingNames = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ConditionalRequestConflict',
  'OperationAborted',
  'BadDigest',
  'IncompleteBody',
  'TimeoutError',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
]);

/** True for what another attempt may not meet again. The SDK learns the server's time from the first refusal for skew. */
export function isPassing(error: unknown): boolean {
  if (error instanceof KlosetError) return false;
  const { name, status } = failureOf(error);
  if (passingNames.has(name) || passingNetworkCodes.has(networkCode(error))) return true;
  if (status === undefined) return false;
  // An answer of success that cannot be read was cut off.
  return status === 429 || status < 300 || (status >= 500 && status !== 501 && status !== 507);
}

/** Words of S3 for an action, as they stand in a message: "read", "list". */
export type S3Action = 'read' | 'write' | 'list' | 'remove';

const wrongKeys: { readonly [name: string]: string } = {
  InvalidAccessKeyId: 'the server does not know the access key',
  SignatureDoesNotMatch: 'the secret of the access key is wrong',
  ExpiredToken: 'the credentials have expired',
  InvalidToken: 'the session token is not valid',
  TokenRefreshRequired: 'the credentials have expired',
  InvalidClientTokenId: 'the server does not know the access key',
};

/** Any failure of a request to `location` as a KlosetError; those that are one stay as they are. */
export function s3Error(error: unknown, location: string, action: S3Action): KlosetError {
  if (error instanceof KlosetError) return error;
  const { name, status } = failureOf(error);
  const make = (code: ErrorCode, problem: string, hint?: string): KlosetError => {
    const details: ErrorDetails = hint === undefined ? { cause: error } : { cause: error, hint };
    return new KlosetError(code, `${location}: ${problem}.`, details);
  };
  const wrongKey = wrongKeys[name];
  if (wrongKey !== undefined) return make('credentials', wrongKey, keyHint);
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name))
    return make('credentials', 'no credentials for S3 were found', keyHint);
  if (name === 'NoSuchBucket') return noBucket(location, error);
  if (isFull(error))
    return make(
      'temporary',
      'the storage is full, or its quota is used up',
      'Make room or raise the quota, then run the command again.',
    );
  if (name === 'RequestTimeTooSkewed')
    return make(
      'unavailable',
      'the clock of this machine differs too much from the server’s',
      'Set the clock, then run the command again.',
    );
  if (
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(name) ||
    status === 301
  )
    return make(
      'usage',
      'the bucket lies in another region',
      'Name the region with AWS_REGION, in the profile, or with the option region of the store.',
    );
  if (status === 403 || status === 401)
    return make(
      'credentials',
      `the credentials may not ${action} there`,
      'Allow it in the policy of the key or of the bucket; a wrong key can look the same.',
    );
  if (status !== undefined && status >= 300)
    return make(
      'unavailable',
      `the server answered ${status}${name === '' || name === 'Unknown' ? '' : ` (${name})`}`,
      status >= 500 ? 'Try again later.' : undefined,
    );
  if (/region is missing/i.test(messageOf(error)))
    return make('usage', 'no region is known', 'Set AWS_REGION, or give the store the option region.');
  return networkError(error, location);
}

export function noBucket(location: string, cause?: unknown): KlosetError {
  return new KlosetError('unavailable', `${location}: there is no such bucket.`, {
    hint: 'Check the address; buckets are created with the tools of the storage, not by this program.',
    cause,
  });
}

const keyHint =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or give the store options.';

function isFull(error: unknown): boolean {
  const { name, status } = failureOf(error);
  // Swift has one name for a quota that is used up and an object beyond its limits; its words tell them apart.
  if (name === 'EntityTooLarge') return /quota/i.test(messageOf(error));
  return (
    status === 507 ||
    /^(QuotaExceeded|XMinioStorageFull|InsufficientStorage|InsufficientCapacity)$/.test(name)
  );
}

function statusOf(error: unknown): number | undefined {
  for (const [holder, member] of [
    ['$metadata', 'httpStatusCode'],
    ['$response', 'statusCode'],
  ] as const) {
    const status = memberOf(memberOf(error, holder), member);
    if (typeof status === 'number') return status;
  }
  return undefined;
}

function textAt(value: unknown, member: string): string {
  const found = memberOf(value, member);
  return typeof found === 'string' ? found : '';
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;
}
