/** Refusals as the API words them. Handlers throw an ApiError; the server turns it into the error envelope. */
import type { Json, JsonObject } from '../workspace/json.ts';

export type ApiErrorCode =
  | 'invalid_json'
  | 'invalid_request_url'
  | 'invalid_request'
  | 'invalid_beta'
  | 'validation_error'
  | 'missing_version'
  | 'unauthorized'
  | 'restricted_resource'
  | 'object_not_found'
  | 'conflict_error'
  | 'rate_limited'
  | 'internal_server_error'
  | 'bad_gateway'
  | 'gateway_timeout'
  | 'service_unavailable'
  | 'service_overload';

/** One refusal: HTTP status, Notion's code, its message, and what else the answer tells. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** One of `ApiErrorCode`, or what a test has scripted. */
  readonly code: string;
  readonly additionalData: JsonObject | undefined;
  /** Extra response headers, lower case. */
  readonly headers: { readonly [name: string]: string };

  constructor(
    status: number,
    code: ApiErrorCode | (string & {}),
    message: string,
    more: {
      readonly additionalData?: JsonObject;
      readonly headers?: { readonly [name: string]: string };
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.additionalData = more.additionalData;
    this.headers = more.headers ?? {};
  }
}

/** Any 400 `validation_error` with a message of its own. */
export function validationError(message: string, additionalData?: JsonObject): ApiError {
  return new ApiError(
    400,
    'validation_error',
    message,
    additionalData === undefined ? {} : { additionalData },
  );
}

/**
 * "body failed validation: body.children[1].… should be ≤ `100`, instead was `191`."
 * @param where the path inside the request, beginning with `body`, `path` or `query`
 * @param expected what would have been right, backquotes included where the API has them
 * @param actual the offending value; leave it out to end the sentence after `expected`
 */
export function failedValidation(where: string, expected: string, actual?: Json): ApiError {
  const part = where.split(/[.[]/, 1)[0] ?? 'body';
  const instead = actual === undefined ? '' : `, instead was \`${shown(actual)}\``;
  return validationError(`${part} failed validation: ${where} should be ${expected}${instead}.`);
}

/** "body.x should be not present, instead was `…`." */
export function notPresent(where: string, actual: Json): ApiError {
  return failedValidation(where, 'not present', actual);
}

/** "body.x should be defined, instead was `undefined`." */
export function missing(where: string): ApiError {
  return validationError(
    `${where.split(/[.[]/, 1)[0] ?? 'body'} failed validation: ${where} should be defined, instead was \`undefined\`.`,
  );
}

export function notUuid(where: string, actual: string): ApiError {
  return failedValidation(where, 'a valid uuid', actual);
}

/** The 404 for what is missing and for what is not shared alike. */
export function notFound(
  kind:
    | 'block'
    | 'page'
    | 'database'
    | 'data source'
    | 'discussion'
    | 'comment'
    | 'view'
    | 'file upload'
    | 'property',
  id: string,
  bot: { readonly name: string; readonly id: string },
): ApiError {
  return new ApiError(
    404,
    'object_not_found',
    `Could not find ${kind} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "${bot.name}".`,
    { additionalData: { integration_id: bot.id } },
  );
}

export function userNotFound(id: string, bot?: { readonly id: string }): ApiError {
  return new ApiError(
    404,
    'object_not_found',
    `Could not find user with ID: ${id}. Make sure your integration has capabilities to read user information. With those capabilities, only members and guests in the integration's workspace are visible.`,
    bot === undefined ? {} : { additionalData: { integration_id: bot.id } },
  );
}

/** A linked database whose original is out of the bot's reach. */
export function noAccessibleDataSources(id: string): ApiError {
  return new ApiError(
    404,
    'object_not_found',
    `Database with ID ${id} does not contain any data sources accessible by this API bot.`,
  );
}

export function unsupportedBlockType(type: string): ApiError {
  return validationError(`Block type ${type} is not supported via the API.`);
}

export function archivedEdit(): ApiError {
  return validationError("Can't edit block that is archived. You must unarchive the block before editing.");
}

export function invalidCursor(cursor: string): ApiError {
  return validationError(`The start_cursor provided is invalid: ${cursor}`);
}

export function restricted(): ApiError {
  return new ApiError(403, 'restricted_resource', 'Insufficient permissions for this endpoint.');
}

export function invalidUrl(): ApiError {
  return new ApiError(400, 'invalid_request_url', 'Invalid request URL.');
}

export function conflict(): ApiError {
  return new ApiError(409, 'conflict_error', 'Conflict occurred while saving. Please try again.');
}

function shown(value: Json): string {
  return typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value);
}
