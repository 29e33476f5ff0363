/** Parses the failure of one HTTP attempt from an untrusted answer or a thrown network error. Retries and messages are others'. */
import type { Json } from '../../document/json.ts';
import { isObject, stringAt } from '../../document/json.ts';
import type { ApiFailure } from './api.ts';

/** An ApiFailure plus what the retry policy needs to know about the attempt. */
export interface FailedAttempt {
  readonly failure: ApiFailure;
  /** The wait that Notion asked for, in ms; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;
  /** True when the request certainly never left this machine. */
  readonly neverSent: boolean;
  /** True when a retry cannot help although no answer came (a certificate that does not fit). */
  readonly isFinal: boolean;
}

/** An HTTP answer that is not a success. */
export interface RefusedAnswer {
  readonly status: number;
  /** The header's value, or undefined; `name` is lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** Reads an answer that came at `nowMs` (ms since 1970; an HTTP date in Retry-After is counted from it). */
export function failureOfAnswer(answer: RefusedAnswer, nowMs: number): FailedAttempt {
  const parsed = parseJson(answer.body);
  const code = stringAt(parsed, 'code');
  const additionalData = (isObject(parsed) ? parsed.additional_data : undefined) ?? null;
  const failure: ApiFailure =
    code === undefined
      ? failureOf(answer.status, 'html', 'The answer is not one of the Notion API.')
      : { ...failureOf(answer.status, code, stringAt(parsed, 'message') ?? ''), additionalData };
  const retryAfter = answer.header('retry-after') ?? retryAfterIn(additionalData);
  return { failure, retryAfterMs: parseRetryAfter(retryAfter, nowMs), neverSent: false, isFinal: false };
}

/** A success status with a body that is not a JSON object. */
export function failureOfForeignBody(status: number): FailedAttempt {
  return inFlight(failureOf(status, 'html', 'The answer is not one of the Notion API.'));
}

/** No complete answer within `timeoutMs`. */
export function failureOfTimeout(timeoutMs: number): FailedAttempt {
  return inFlight(failureOf(0, 'timeout', `No complete answer within ${Math.round(timeoutMs / 1000)} s.`));
}

/** Connection errors raised before any byte of the request was sent. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A rejected fetch. Only the error code is kept: messages of fetch may quote headers. */
export function failureOfNetworkError(error: unknown): FailedAttempt {
  const code = networkErrorCode(error);
  const isCertificate = /CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code ?? '');
  return {
    failure: failureOf(0, 'network', code ?? 'connection lost'),
    retryAfterMs: undefined,
    neverSent: isCertificate || (code !== undefined && beforeSending.has(code)),
    isFinal: isCertificate,
  };
}

/** The system's or fetch's code (ECONNRESET, UND_ERR_SOCKET …) from an error or its causes. */
export function networkErrorCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(error.code))
    return error.code;
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
  return (
    networkErrorCode('cause' in error ? error.cause : inner, depth + 1) ?? networkErrorCode(inner, depth + 1)
  );
}

/** A plain ApiFailure without additional data. */
export function failureOf(status: number, code: string, message: string): ApiFailure {
  return { type: 'api-failure', status, code, message, additionalData: null };
}

/** Retry-After as whole seconds or an HTTP date (RFC 9110 §10.2.3), in ms from now; undefined when it is neither. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function retryAfterIn(additionalData: Json): string | undefined {
  const value = isObject(additionalData) ? additionalData.retry_after : undefined;
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;
}

function inFlight(failure: ApiFailure): FailedAttempt {
  return { failure, retryAfterMs: undefined, neverSent: false, isFinal: false };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
