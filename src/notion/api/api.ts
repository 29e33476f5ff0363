/** Interface to the Notion API used by crawl and restore. Pacing and retries are `client.ts`'s. */
import type { Clock } from '../../clock.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { isKlosetError } from '../../errors.ts';

/** The API version every request names; recorded in each manifest. */
export const notionVersion = '2026-03-11';

export interface ApiRequest {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below `/v1/`, without a leading slash: `blocks/<id>/children`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | readonly string[] };
  readonly body?: JsonObject;
  /**
   * `read` may be retried after any failure (search and queries are reads although they POST);
   * `write` is retried only when Notion certainly did not carry it out (429, 529, connection refused).
   */
  readonly effect: 'read' | 'write';
}

export interface NotionApi {
  /**
   * Sends one request within the budget, retrying it as its effect allows.
   * @throws KlosetError whose `cause` is an ApiFailure when Notion refused it or could not be reached.
   */
  request(request: ApiRequest): Promise<JsonObject>;
  /** Sends bytes to a pending file upload (`POST file_uploads/{id}/send`), counted and paced like any request. */
  sendFilePart(uploadId: string, part: FilePart): Promise<JsonObject>;
  /** HTTP requests sent to the API so far, retries included, media downloads not. */
  readonly requestsSpent: number;
  readonly clock: Clock;
  /** Notion's time in ms, as its answers tell it; absent or undefined before the first answer. */
  readonly notionNow?: () => number | undefined;
}

export interface FilePart {
  readonly bytes: Uint8Array;
  readonly filename: string;
  readonly contentType: string;
  /** From 1; absent for a single-part upload. */
  readonly partNumber?: number;
}

/** The failure of a request, as far as it is known. */
export interface ApiFailure {
  readonly type: 'api-failure';
  /** HTTP status, or 0 when no answer came. */
  readonly status: number;
  /** Notion's `code`, or `html` for a body that is not Notion's, `timeout`, `network`. */
  readonly code: string;
  readonly message: string;
  /** Notion's `additional_data`: retry guidance and committed ids after an ambiguous write. */
  readonly additionalData: Json;
}

/** The ApiFailure behind a thrown error, if there is one. */
export function apiFailureOf(error: unknown): ApiFailure | undefined {
  if (!isKlosetError(error)) return undefined;
  const { cause } = error;
  return typeof cause === 'object' && cause !== null && 'type' in cause && cause.type === 'api-failure'
    ? (cause as ApiFailure)
    : undefined;
}
