/** Steps of a nightly run, and how each ended. */
import type { ErrorCode } from '../../errors.ts';
import { isKlosetError, messageOf } from '../../errors.ts';
import type { RunState } from '../notify/message.ts';

/** `incomplete`: finished, with something left out. `alarm`: far less was visible than before. `skipped`: not due, or not safe. */
export type StepState = 'ok' | 'incomplete' | 'alarm' | 'failed' | 'skipped';

export interface StepResult {
  readonly state: StepState;
  /** One line. */
  readonly text: string;
  /** The next thing to do. */
  readonly todo?: string;
  /** The exit code of a failure. */
  readonly code?: ErrorCode;
}

export interface NightStep extends StepResult {
  readonly step: string;
  readonly durationMs: number;
}

/** Carries one step out. Its failure is its result; only an interruption ends the run. */
export async function carryOut(
  step: string,
  { now, signal }: { now(): number; readonly signal: AbortSignal },
  work: () => Promise<StepResult>,
): Promise<NightStep> {
  const startedMs = now();
  const took = () => Math.max(0, Math.round(now() - startedMs));
  try {
    return { step, ...(await work()), durationMs: took() };
  } catch (error) {
    signal.throwIfAborted();
    const known = isKlosetError(error);
    return {
      step,
      state: 'failed',
      text: messageOf(error).split('\n')[0] ?? '',
      code: known ? error.code : 'internal',
      ...(known && error.hint !== undefined ? { todo: error.hint } : {}),
      durationMs: took(),
    };
  }
}

/** The state of a run by its steps: the worst counts. */
export function stateOf(steps: readonly NightStep[]): RunState {
  const has = (state: StepState) => steps.some((each) => each.state === state);
  if (has('failed')) return 'failure';
  if (has('alarm')) return 'alarm';
  return has('incomplete') ? 'incomplete' : 'success';
}

/** The error code of a run: that of the first step that failed; `incomplete` where something was left out; undefined when all is well. */
export function codeOf(steps: readonly NightStep[]): ErrorCode | undefined {
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed !== undefined) return failed.code ?? 'internal';
  return stateOf(steps) === 'success' ? undefined : 'incomplete';
}
