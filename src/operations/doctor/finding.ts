/** One line of a diagnosis. */
import type { ErrorCode } from '../../errors.ts';
import { isKlosetError, messageOf } from '../../errors.ts';

export interface Finding {
  /** The thing that was looked at, the same word each time: `token`, `disk`. */
  readonly topic: string;
  /** `warning`: works, with a loss. `unknown`: could not be found out. */
  readonly state: 'ok' | 'warning' | 'failed' | 'unknown';
  readonly text: string;
  /** The way out. */
  readonly hint?: string;
  /** The exit code of a failure. */
  readonly code?: ErrorCode;
}

export function ok(topic: string, text: string): Finding {
  return { topic, state: 'ok', text };
}

export function warning(topic: string, text: string, hint: string): Finding {
  return { topic, state: 'warning', text, hint };
}

/** The findings of `look`; when it throws, that it failed and how. Anything but a KlosetError is a bug and thrown on. */
export async function findingsOf(topic: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!isKlosetError(error) || error.code === 'internal') throw error;
    const { code, hint } = error;
    return [
      { topic, state: 'failed', text: messageOf(error), code, ...(hint === undefined ? {} : { hint }) },
    ];
  }
}
