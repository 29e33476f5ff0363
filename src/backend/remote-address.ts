/**
 * Addresses of stores on other machines, and one spelling for each:
 *
 *     s3://bucket/prefix                      Amazon S3, region and credentials as its tools find them
 *     s3+https://host:port/bucket/prefix      any compatible server; s3+http:// without TLS
 *     sftp://user@host:port/path              an absolute path; /~/path lies in the user's home folder
 */
import { KlosetError } from '../errors.ts';

export interface S3Address {
  readonly kind: 's3';
  /** The address as it is shown and remembered. */
  readonly location: string;
  /** URL of the server; undefined for Amazon's. */
  readonly endpoint: string | undefined;
  readonly bucket: string;
  /** Put before every name: empty, or with a slash at its end. */
  readonly prefix: string;
}

export interface SftpAddress {
  readonly kind: 'sftp';
  readonly location: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** Absolute, or relative to the user's home folder; no slash at its end. */
  readonly path: string;
}

export type RemoteAddress = S3Address | SftpAddress;

const scheme = /^(s3|s3\+https?|sftp):\/\//i;
/** User, host, port and path. Written by hand: URL resolves `..`, and decides by the scheme what a host is. */
const rest = /^(?:([^@/]*)@)?(\[[0-9a-f:.]+\]|[^:/[\]@]*)(?::(\d{1,5}))?(\/.*)?$/i;

/** True for the address of a store on another machine, well written or not. */
export function isRemote(location: string): boolean {
  return scheme.test(location);
}

interface AddressParts {
  readonly user: string | undefined;
  /** In small letters, an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly path: readonly string[];
}

/** @throws KlosetError usage when it is not the address of a store; the message repeats no password */
export function parseRemoteAddress(text: string): RemoteAddress {
  const kind = (scheme.exec(text)?.[1] ?? '').toLowerCase();
  const parts = partsOf(text.replace(scheme, ''));
  if (kind === 'sftp') return sftpAddress(parts);
  if (parts.user !== undefined)
    throw wrong(
      'it must hold no key',
      'Give keys by the environment, a profile or the settings of the store.',
    );
  return kind === 's3' ? amazonAddress(parts) : s3Address(kind.slice('s3+'.length), parts);
}

function amazonAddress({ host, port, path }: AddressParts): S3Address {
  if (port !== undefined)
    throw wrong(
      's3:// names a bucket, not a server',
      'For a server of your own write s3+https://host:port/bucket.',
    );
  return { ...placeIn('s3:/', [host, ...path]), endpoint: undefined };
}

function s3Address(protocol: string, { host, port, path }: AddressParts): S3Address {
  if (host === '') throw wrong('it names no host', 'Write s3+https://host:port/bucket/prefix.');
  const isUsual = port === (protocol === 'https' ? 443 : 80);
  const endpoint = `${protocol}://${host}${port === undefined || isUsual ? '' : `:${port}`}`;
  return { ...placeIn(`s3+${endpoint}`, path), endpoint };
}

function placeIn(server: string, [bucket = '', ...folders]: readonly string[]): Omit<S3Address, 'endpoint'> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket))
    throw wrong('it names no bucket', 'Write s3://bucket/prefix, or s3+https://host:port/bucket/prefix.');
  const location = [server, bucket, ...folders].join('/');
  return { kind: 's3', location, bucket, prefix: folders.map((folder) => `${folder}/`).join('') };
}

function sftpAddress({ user, host, port, path }: AddressParts): SftpAddress {
  // A word that begins with a dash would be an option of ssh.
  if (host === '' || host.startsWith('-') || user?.startsWith('-'))
    throw wrong('it names no host', 'Write sftp://user@host:port/path.');
  const isInHome = path[0] === '~';
  if (path.length === (isInHome ? 1 : 0))
    throw wrong('it names no folder', 'Write sftp://host/path, or sftp://host/~/path for a folder at home.');
  const shownPort = port === undefined ? '' : `:${port}`;
  return {
    kind: 'sftp',
    location: `sftp://${user === undefined ? '' : `${user}@`}${host}${shownPort}/${path.join('/')}`,
    user,
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: isInHome ? path.slice(1).join('/') : `/${path.join('/')}`,
  };
}

function partsOf(text: string): AddressParts {
  const [, user, host = '', digits, path = ''] = rest.exec(text) ?? [];
  if (!rest.test(text))
    throw wrong('host, port and path cannot be told apart', 'Write sftp://user@host:port/path.');
  if (user?.includes(':'))
    throw wrong(
      'it must hold no password',
      'Addresses are shown and remembered: use keys of ssh, or settings.',
    );
  if (/[?#]/.test(text))
    throw wrong(
      'it must not hold ? or #',
      'Options of a store stand in its settings: `notion-kloset store add`.',
    );
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535))
    throw wrong('there is no such port', 'Write 1 to 65535.');
  return { user, host: host.toLowerCase(), port, path: pathParts(path) };
}

/** The parts of the path, without empty ones. They are taken as written: no letter of them stands for another. */
function pathParts(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  const isPlain = parts.every((part) => part !== '.' && part !== '..' && !/[\0-\x1f\x7f]/.test(part));
  if (isPlain) return parts;
  throw wrong('its path holds . or .. or control characters', 'Write the path plainly.');
}

function wrong(problem: string, hint: string): KlosetError {
  return new KlosetError('usage', `The address of the store is wrong: ${problem}.`, { hint });
}
