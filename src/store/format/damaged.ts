/** The error of untrusted bytes that are not what they should be. */
import { isKlosetError, KlosetError } from '../../errors.ts';

/** `what` names the bytes: "Packfile 3fa9…"; `problem` follows "is damaged:". */
export function damaged(what: string, problem: string, cause?: unknown): KlosetError {
  return new KlosetError('integrity', `${what} is damaged: ${problem}.`, {
    hint: 'Run `notion-kloset check`.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Does `parse`. Damage that it finds is told with `hint`: a check says no more of what every command reads first. */
export function withWayOut<T>(hint: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isKlosetError(error, 'integrity')) throw error;
    throw new KlosetError('integrity', error.message, { hint, cause: error });
  }
}
