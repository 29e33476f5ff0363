import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/document/json.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { ApiFailure } from '../../../src/notion/api/api.ts';
import { explainFailure, plainLine } from '../../../src/notion/api/explain-failure.ts';

function failure(status: number, code: string, message = 'm', additionalData: Json = null): ApiFailure {
  return { type: 'api-failure', status, code, message, additionalData };
}

const uuid = 'path failed validation: path.block_id should be a valid uuid, instead was `"AAA"`.';

describe('an explanation', () => {
  it.each<[ApiFailure, ErrorCode]>([
    [failure(401, 'unauthorized'), 'credentials'],
    [failure(403, 'restricted_resource'), 'credentials'],
    [failure(404, 'object_not_found'), 'not-found'],
    [failure(400, 'validation_error'), 'internal'],
    [failure(400, 'validation_error', uuid), 'usage'],
    [failure(400, 'invalid_request_url'), 'usage'],
    [failure(409, 'conflict_error'), 'temporary'],
    [failure(413, 'too_large'), 'internal'],
    [failure(429, 'rate_limited'), 'temporary'],
    [failure(429, 'html'), 'temporary'],
    [failure(429, 'rate_limited', 'm', { rate_limit_reason: 'public_api_request_blocked' }), 'unavailable'],
    [failure(500, 'internal_server_error'), 'unavailable'],
    [failure(503, 'database_connection_unavailable'), 'unavailable'],
    [failure(529, 'service_overload'), 'unavailable'],
    [failure(401, 'html'), 'unavailable'],
    [failure(404, 'html'), 'unavailable'],
    [failure(200, 'html'), 'unavailable'],
    [failure(0, 'timeout'), 'unavailable'],
    [failure(0, 'network', 'ENOTFOUND'), 'unavailable'],
    [failure(0, 'network', 'CERT_HAS_EXPIRED'), 'unavailable'],
  ])('of %j has the code %s, names the request and fits on a line', (one, code) => {
    const error = explainFailure(one, 'GET pages/1');
    expect(error.code).toBe(code);
    expect(error.cause).toBe(one);
    expect(error.message).toContain('GET pages/1');
    expect(error.message).not.toMatch(/[\r\n]/);
  });

  it('tells where tokens and capabilities are made, and how a page is shared', () => {
    expect(explainFailure(failure(401, 'unauthorized'), 'x').hint).toContain(
      'notion.so/profile/integrations',
    );
    expect(explainFailure(failure(403, 'restricted_resource'), 'x').hint).toContain('capability');
    expect(explainFailure(failure(404, 'object_not_found'), 'x').hint).toContain('Connections');
  });
});

describe('a plain line', () => {
  it('holds no control, line-breaking or direction-changing characters', () => {
    expect(plainLine('a\r\n\tb\u0000\u001b[31mc\u202ed\u2028e\u0085f')).toBe('a b [31mcd e f');
  });

  it('is at most 300 characters long and cuts none in half', () => {
    const line = plainLine('😀'.repeat(1_000));
    expect(Array.from(line)).toHaveLength(300);
    expect(line.endsWith('😀…')).toBe(true);
    expect(plainLine('x'.repeat(300))).toHaveLength(300);
  });
});
