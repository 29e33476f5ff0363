/** Checks of every request before its handler sees it: token, version, route, capability, body. */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, failedValidation, invalidUrl, validationError } from './protocol/api-error.ts';
import type { Match } from './protocol/routes.ts';
import type { JsonObject } from './workspace/json.ts';
import { isJsonObject } from './workspace/json.ts';

/** Versions that are not refused. Answers are shaped for the last two; older ones are told apart where it is cheap. */
export const knownVersions = [
  '2021-05-13',
  '2021-08-16',
  '2022-02-22',
  '2022-06-28',
  '2025-09-03',
  '2026-03-11',
] as const;

/** Largest JSON body, in bytes. */
const maxJsonBytes = 500 * 1_024;
/** Largest multipart body: a part of 20 MiB and its frame. */
export const maxBodyBytes = 20 * 1_024 * 1_024 + 64 * 1_024;

/** @throws ApiError 401 */
export function checkToken(headers: IncomingHttpHeaders, token: string): void {
  if (headers.authorization === `Bearer ${token}`) return;
  throw new ApiError(401, 'unauthorized', 'API token is invalid.');
}

/** The version asked for. @throws ApiError 400 */
export function checkVersion(headers: IncomingHttpHeaders): string {
  const version = headers['notion-version'];
  if (knownVersions.some((known) => known === version)) return String(version);
  const listed = knownVersions.map((known) => `\`"${known}"\``);
  const choices = `${listed.slice(0, -1).join(', ')}, or ${listed.at(-1)}`;
  const shown = version === undefined ? 'undefined' : JSON.stringify(version);
  const message = `Notion-Version header failed validation: Notion-Version header should be ${choices}, instead was \`${shown}\`.`;
  if (version === undefined) throw new ApiError(400, 'missing_version', message);
  throw validationError(message);
}

/** Beta features are opted into by name, and none is known here. @throws ApiError 400 */
export function checkBeta(headers: IncomingHttpHeaders): void {
  if (headers['notion-beta'] === undefined) return;
  throw new ApiError(400, 'invalid_beta', 'Notion-Beta header failed validation: unknown beta.');
}

/** @throws ApiError 400 for a route younger than the version */
export function checkAge(match: Match, version: string): void {
  const { since } = match.route;
  if (since !== undefined && version < since) throw invalidUrl();
}

/** The JSON body; `{}` when there is none, and for multipart. @throws ApiError 400 or 413 */
export function parseBody(rawBody: Uint8Array, contentType: string): JsonObject {
  const isMultipart = contentType.startsWith('multipart/form-data');
  if (rawBody.length > (isMultipart ? maxBodyBytes : maxJsonBytes)) throw tooLarge();
  if (isMultipart) return {};
  if (rawBody.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
  } catch {
    throw new ApiError(400, 'invalid_json', 'Error parsing JSON body.');
  }
  if (!isJsonObject(parsed)) throw failedValidation('body', 'an object', String(parsed));
  return parsed;
}

export function tooLarge(): ApiError {
  return new ApiError(413, 'validation_error', 'Request body too large.');
}
