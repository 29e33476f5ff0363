/** Exit codes, in one table (after sysexits.h, as Plakar has them). `docs/scripting.md` repeats it for people. */
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

export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code];
}
