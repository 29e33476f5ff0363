/** Exit codes and their meanings, in one table (after sysexits.h, as Plakar has them). `docs/scripting.md` repeats it for people. */
import type { ErrorCode } from '../../errors.ts';

export const exitOk = 0;

const exitCodes: { readonly [code in ErrorCode]: number } = {
  internal: 1,
  incomplete: 3,
  usage: 64,
  integrity: 65,
  'not-found': 66,
  unavailable: 69,
  locked: 75,
  temporary: 75,
  credentials: 77,
  incompatible: 78,
};

/** One line for each exit code, as help prints it. */
const meanings: { readonly [exitCode: number]: string } = {
  0: 'The command succeeded.',
  1: 'The program has a bug, or received an unexpected answer.',
  3: 'The command finished, but some data could not be read or written.',
  64: 'The command line or a setting is wrong.',
  65: 'Stored data, a signature or the history of a store is damaged or not authentic.',
  66: 'A store, snapshot, path or Notion object was not found.',
  69: 'Notion, the network or the storage cannot be reached.',
  75: 'The store is locked, the disk is full, or the work was interrupted: try again later.',
  77: 'A token, passphrase or key is missing, wrong or lacks a permission.',
  78: 'The store was written by an incompatible version.',
};

export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code];
}

/** The exit codes of a command that may fail in these ways, each with its meaning; success and wrong usage included. */
export function exitCodeLines(codes: readonly ErrorCode[]): string[] {
  const numbers = new Set([exitOk, ...['usage' as const, ...codes].map(exitCodeOf)]);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => `${String(number).padStart(2)}  ${meanings[number]}`);
}
