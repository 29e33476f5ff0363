/** Ports that people give, and those that somebody else has already. */
import { KlosetError, messageOf } from '../../errors.ts';
import { parseCount } from './parse.ts';

const maxPort = 65_535;

/** A port of TCP, 0 for any free one. @throws KlosetError `usage` */
export function parsePort(text: string, option: string): number {
  const port = parseCount(text, option);
  if (port <= maxPort) return port;
  throw new KlosetError('usage', `${option} must be at most ${maxPort}, not "${text}".`);
}

/** The reason why a server could not listen on `port`. */
export function listenError(error: unknown, port: number, option: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE')
    return new KlosetError('unavailable', `Port ${port} of 127.0.0.1 is in use by another program.`, {
      hint: `Give another one with ${option}, or ${option} 0 for any that is free.`,
      cause: error,
    });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new KlosetError('unavailable', `Cannot listen on port ${port}: ${messageOf(error)}`, {
      hint: `Give a port from 1024 up with ${option}.`,
      cause: error,
    });
  return error;
}
