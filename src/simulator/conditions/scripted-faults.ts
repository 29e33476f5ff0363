/** Faults for certain requests: a test names the request and says what becomes of it. */

/** A refusal in Notion's envelope. */
export interface ScriptedRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * A refusal, or an answer that is none: a broken connection, silence, a page of HTML, JSON or bytes that break off in the
 * middle, 202 or 204 without a body.
 */
export type ScriptedAnswer = ScriptedRefusal | 'reset' | 'hang' | 'html' | 'cut' | 'accepted' | 'empty';

export interface ScriptedFault {
  /** Any method when left out. */
  readonly method?: string;
  /** Matches path and query of an API request (`/v1/blocks/…/children?page_size=100`), or the path of a media request. */
  readonly path: RegExp;
  /** Number of requests still to befall; all when left out. */
  times?: number;
  readonly answer: ScriptedAnswer;
}

/** "… is not supported via the API." */
export function notSupported(what: string): ScriptedRefusal {
  return { status: 400, code: 'validation_error', message: `${what} is not supported via the API.` };
}

/** The answer of the first fault that fits; it counts down. */
export function nextScripted(
  script: readonly ScriptedFault[],
  method: string,
  address: string,
): ScriptedAnswer | undefined {
  const fault = script.find(
    (each) =>
      each.times !== 0 && (each.method === undefined || each.method === method) && each.path.test(address),
  );
  if (fault?.times !== undefined) fault.times -= 1;
  return fault?.answer;
}
