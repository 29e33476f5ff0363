/** Faults that befall whole requests, before and after they are carried out. */

import { rateLimited } from './budget.ts';
import type { Faults } from './conditions/faults.ts';
import { ApiError, conflict } from './protocol/api-error.ts';
import type { Context, Route } from './protocol/routes.ts';
import { hashText } from './workspace/random.ts';

/** An answer that is none: a broken connection, silence, or a proxy's page. */
export class Disruption extends Error {
  override readonly name = 'Disruption';
  readonly kind: 'reset' | 'hang' | 'html' | 'bodiless';
  readonly status: number;

  constructor(kind: Disruption['kind'], status = 0) {
    super(kind);
    this.kind = kind;
    this.status = status;
  }
}

/**
 * Carries out what a test has scripted for this request.
 * @returns true when the answer is to break off in the middle
 * @throws ApiError or Disruption for every other scripted answer
 */
export function strikeScripted(faults: Faults, method: string, address: string): boolean {
  const answer = faults.scripted(method, address);
  if (answer === undefined) return false;
  if (typeof answer === 'object') throw new ApiError(answer.status, answer.code, answer.message);
  if (answer === 'accepted' || answer === 'empty')
    throw new Disruption('bodiless', answer === 'accepted' ? 202 : 204);
  if (answer !== 'cut') throw new Disruption(answer, answer === 'html' ? 502 : 0);
  return true;
}

const listings = /\/(children|query|templates)$|^\/v1\/(comments|views|search)$/;

/** Refuses a share of the listings. @throws ApiError 403, 404 or 400, always the same for one address */
export function refuseListing(faults: Faults, path: string): void {
  if (!listings.test(path) || !faults.strikesAt('listingRefused', path)) return;
  const id = path.split('/').find((part) => part.length >= 32) ?? '';
  const refusals = [
    new ApiError(403, 'restricted_resource', 'Insufficient permissions for this resource.'),
    new ApiError(404, 'object_not_found', `Could not find block with ID: ${id}.`),
    new ApiError(400, 'validation_error', 'This listing is not supported via the API.'),
  ];
  throw refusals[hashText(path) % refusals.length] ?? refusals[0];
}

/** @throws ApiError or Disruption when a fault strikes before the request is carried out */
export function strikeBefore(faults: Faults, route: Route): void {
  if (faults.burstLeft > 0 || faults.strikes('rateLimited')) {
    faults.burstLeft = faults.burstLeft > 0 ? faults.burstLeft - 1 : faults.rates.burstLength - 1;
    const reason = faults.random.below(2) === 0 ? 'space_request' : 'endpoint';
    throw rateLimited(1 + faults.random.below(5), `public_api_${reason}_rate_limit`);
  }
  if (faults.strikes('blocked')) throw rateLimited(3_600, 'public_api_request_blocked');
  if (faults.strikes('overloaded')) throw overloaded(1 + faults.random.below(5));
  if (faults.strikes('serverError')) throw serverError(faults);
  if (faults.strikes('unavailable')) throw unavailable({});
  if (faults.strikes('html')) throw new Disruption('html', faults.random.below(2) === 0 ? 502 : 403);
  if (faults.strikes('reset')) throw new Disruption('reset');
  if (faults.strikes('hang')) throw new Disruption('hang');
  if (route.effect === 'write' && faults.strikes('conflict')) throw conflict();
}

/** @throws ApiError or Disruption when a fault strikes after a write was carried out */
export function strikeAfter(faults: Faults, route: Route, context: Context): void {
  if (route.effect !== 'write') return;
  if (faults.strikes('unavailableAfterCommit')) throw unavailable(committedBy(faults, context));
  if (faults.strikes('serverErrorAfterCommit')) throw serverError(faults);
  if (faults.strikes('resetAfterCommit')) throw new Disruption('reset');
}

function committedBy(faults: Faults, context: Context): NonNullable<ApiError['additionalData']> {
  const { committed } = context;
  if (committed === undefined || !faults.strikes('namesCommitted')) return {};
  return {
    retry_guidance: ['Read the object again before deciding what to do.', 'Do not repeat the write.'],
    committed_resource_id: committed.resourceId,
    ...(committed.childIds === undefined ? {} : { committed_child_ids: [...committed.childIds] }),
  };
}

function unavailable(additionalData: NonNullable<ApiError['additionalData']>): ApiError {
  const more = Object.keys(additionalData).length === 0 ? {} : { additionalData };
  return new ApiError(503, 'service_unavailable', 'Notion is unavailable, please try again later.', more);
}

function overloaded(retryAfterSeconds: number): ApiError {
  return new ApiError(529, 'service_overload', 'Notion is overloaded, please try again later.', {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}

function serverError(faults: Faults): ApiError {
  const drawn = faults.random.below(3);
  if (drawn === 0) return new ApiError(500, 'internal_server_error', 'Unexpected error occurred.');
  if (drawn === 1) return new ApiError(502, 'bad_gateway', 'Bad gateway.');
  return new ApiError(504, 'gateway_timeout', 'The request took too long.');
}
