import { describe, expect, it } from 'vitest';
import {
  failureOfAnswer,
  failureOfNetworkError,
  parseRetryAfter,
} from '../../../src/notion/api/api-failure.ts';

const now = Date.UTC(2026, 9, 21, 7, 28, 0);

describe('Retry-After', () => {
  it.each<[string | undefined, number | undefined]>([
    ['5', 5_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['0.5', 500],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe('a failed answer', () => {
  const header = () => undefined;

  it('keeps Notion code, message and additional data', () => {
    const body = JSON.stringify({ code: 'row_limit_exceeded', message: 'm', additional_data: { a: [1] } });
    expect(failureOfAnswer({ status: 409, header, body }, now).failure).toEqual({
      type: 'api-failure',
      status: 409,
      code: 'row_limit_exceeded',
      message: 'm',
      additionalData: { a: [1] },
    });
  });

  it.each(['<html>', '', 'null', '[]', '"x"', '{"code":5}', '{'])(
    'that is not Notion’s is named html: %j',
    (body) => {
      expect(failureOfAnswer({ status: 502, header, body }, now).failure.code).toBe('html');
    },
  );
});

describe('a network error', () => {
  it('is named by the code of its cause, also within several addresses', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const several = new AggregateError([refused]);
    for (const cause of [refused, several]) {
      const attempt = failureOfNetworkError(new TypeError('fetch failed', { cause }));
      expect(attempt.failure.message).toBe('ECONNREFUSED');
      expect(attempt.neverSent).toBe(true);
    }
  });

  it('after which the request may have arrived is no proof that it did not', () => {
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    expect(failureOfNetworkError(new TypeError('fetch failed', { cause: reset })).neverSent).toBe(false);
    expect(failureOfNetworkError(new TypeError('terminated')).neverSent).toBe(false);
  });

  it('about a certificate is final', () => {
    const error = Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(failureOfNetworkError(error)).toMatchObject({ isFinal: true, neverSent: true });
  });

  it('keeps no words of the error, which may quote headers', () => {
    const error = new TypeError('"Bearer secret" is an invalid header value');
    expect(JSON.stringify(failureOfNetworkError(error))).not.toContain('secret');
  });
});
