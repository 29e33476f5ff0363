/** Failures on the way to another machine. */
import { KlosetError, messageOf } from '../../errors.ts';
import { systemCode } from '../disk-errors.ts';

/** Failures that a server that restarts, or a network that falters, causes for a while. */
export const passingNetworkCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The code of a failed connection ("ECONNREFUSED"), also of one that was tried on several addresses; or an empty string. */
export function networkCode(error: unknown): string {
  const code = systemCode(error);
  if (code === '' && error instanceof Error && error.name === 'TimeoutError') return 'ETIMEDOUT';
  if (code !== '' || !(error instanceof AggregateError)) return code;
  return systemCode(error.errors[0]);
}

/** A failure to reach `location` as a KlosetError. */
export function networkError(error: unknown, location: string): KlosetError {
  const code = networkCode(error);
  const hint = hints[code] ?? (/CERT|SSL|TLS|EPROTO/.test(code) ? certificateHint : undefined);
  const problem = problems[code] ?? firstLine(messageOf(error));
  return new KlosetError('unavailable', `${location} cannot be reached: ${problem}.`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

const certificateHint =
  'Check the address; for a certificate of your own name its authority’s file in NODE_EXTRA_CA_CERTS.';

const problems: { readonly [code: string]: string } = {
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNREFUSED: 'nothing listens at that port',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
  ETIMEDOUT: 'the server did not answer in time',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network of the host',
};

const hints: { readonly [code: string]: string } = {
  ENOTFOUND: 'Check the address and the network.',
  EAI_AGAIN: 'Check the network, then run the command again.',
  ECONNREFUSED: 'Check that the server runs, then run the command again.',
  ECONNRESET: 'Run the command again: it resumes from here.',
  EPIPE: 'Run the command again: it resumes from here.',
  ETIMEDOUT: 'Check the network, then run the command again.',
};

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/[.:\s]+$/, '');
}
