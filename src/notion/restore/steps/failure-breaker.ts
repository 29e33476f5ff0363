/** A circuit breaker: distinguishes failures of one object from those that every further step would meet too. */
import { isUnreachable, KlosetError } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Step } from '../journal/tables/steps/steps.ts';

/** After so many steps in a row that failed because Notion did not answer, the run ends. */
const maxConsecutiveFailures = 3;

export class FailureBreaker {
  #consecutiveFailures = 0;

  /** A step succeeded. */
  reset(): void {
    this.#consecutiveFailures = 0;
  }

  /** True when `error`, of this step, ends the run. */
  trips(error: unknown, step: Step): boolean {
    const failure = apiFailureOf(error);
    // A store that cannot be read says nothing of this step, nor of those after it.
    if (failure === undefined) return !(error instanceof KlosetError) || isUnreachable(error);
    if (failure.status === 401) return true;
    // The connection may lack the right to comment, and still have all others.
    if (failure.status === 403) return step.kind !== 'comments';
    const isDown = failure.status === 0 || failure.status === 429 || failure.status >= 500;
    if (isDown) this.#consecutiveFailures += 1;
    return isDown && this.#consecutiveFailures >= maxConsecutiveFailures;
  }
}
