/** The error of untrusted bytes that are not what they should be. */
import { KlosetError } from '../../errors.ts';

/** `what` names the bytes: "Packfile 3fa9…"; `problem` follows "is damaged:". */
export function damaged(what: string, problem: string, cause?: unknown): KlosetError {
  return new KlosetError('integrity', `${what} is damaged: ${problem}.`, {
    hint: 'Run `notion-kloset check`.',
    ...(cause === undefined ? {} : { cause }),
  });
}
