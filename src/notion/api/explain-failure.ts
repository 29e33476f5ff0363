/** Turns the failure of a request into the one line a person reads, and the code a script reads. */
import { stringAt } from '../../document/json.ts';
import type { ErrorCode } from '../../errors.ts';
import { KlosetError } from '../../errors.ts';
import type { ApiFailure } from './api.ts';

const integrationsPage = 'https://www.notion.so/profile/integrations';
const maxMessageLength = 300;

interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint?: string;
}

/**
 * The error to throw for `failure` of the request named `where` (`GET blocks/<id>/children`).
 * Notion's words are quoted on one line, without control characters and at most 300 characters long.
 */
export function explainFailure(failure: ApiFailure, where: string): KlosetError {
  const { code, what, hint } = explanationOf(failure);
  return new KlosetError(code, `${what} (${plainLine(where)})`, {
    cause: failure,
    ...(hint === undefined ? {} : { hint }),
  });
}

function explanationOf(failure: ApiFailure): Explanation {
  const { status, code } = failure;
  if (status === 0) return explainSilence(failure);
  if (status === 429) return explainRateLimit(failure);
  if (code === 'html') return explainForeignAnswer(status);
  if (status === 401) return explainToken(failure);
  if (status === 403) return explainForbidden(failure);
  if (status === 404) return explainMissing(failure);
  if (status === 409) return explainConflict(failure);
  if (status >= 500 || status === 408) {
    return {
      code: 'unavailable',
      what: `Notion could not answer: ${status} ${quote(failure)}`,
      hint: 'Try again later; https://www.notion-status.com shows known outages.',
    };
  }
  return explainRefusal(failure);
}

function explainSilence(failure: ApiFailure): Explanation {
  if (failure.code === 'timeout') {
    return { code: 'unavailable', what: `Notion did not answer in time. ${plainLine(failure.message)}` };
  }
  const isCertificate = /CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(failure.message);
  return {
    code: 'unavailable',
    what: `Notion cannot be reached: ${plainLine(failure.message)}`,
    hint: isCertificate
      ? 'The certificate of the API URL is not trusted; look for a proxy that opens encrypted traffic.'
      : 'Check the network connection, the proxy and the API URL.',
  };
}

function explainRateLimit(failure: ApiFailure): Explanation {
  if (stringAt(failure.additionalData, 'rate_limit_reason') === blockedReason) {
    return {
      code: 'unavailable',
      what: `Notion blocks the requests of this connection: ${quote(failure)}`,
      hint: 'A retry does not help; ask Notion support, naming the integration.',
    };
  }
  return {
    code: 'temporary',
    what: `Notion's rate limit did not allow the request in time: ${quote(failure)}`,
    hint: 'Run the command again later; it resumes where it stopped.',
  };
}

/** The `rate_limit_reason` after which nothing may be retried. */
export const blockedReason = 'public_api_request_blocked';

function explainForeignAnswer(status: number): Explanation {
  return {
    code: 'unavailable',
    what: `Something other than the Notion API answered with status ${status}`,
    hint: 'Check the API URL, and proxies or firewalls on the way.',
  };
}

function explainToken(failure: ApiFailure): Explanation {
  return {
    code: 'credentials',
    what: `Notion refused the token: ${quote(failure)}`,
    hint: `Create an integration or copy its token at ${integrationsPage}.`,
  };
}

function explainForbidden(failure: ApiFailure): Explanation {
  return {
    code: 'credentials',
    what: `The integration may not do this: ${quote(failure)}`,
    hint: `Give it the capability (read, update or insert content, comments, user information) at ${integrationsPage}; a workspace over its block limit refuses writes too.`,
  };
}

function explainMissing(failure: ApiFailure): Explanation {
  return {
    code: 'not-found',
    what: `Notion does not show this: ${quote(failure)}`,
    hint: 'It may be deleted, or not shared: open the page in Notion, choose ••• → Connections, and add the integration.',
  };
}

function explainConflict(failure: ApiFailure): Explanation {
  return failure.code === 'conflict_error'
    ? { code: 'temporary', what: `Notion met a conflict while saving: ${quote(failure)}`, hint: 'Try again.' }
    : explainRefusal(failure);
}

/** A 400 and its like mean we asked wrongly, except where the person gave what was wrong. */
function explainRefusal(failure: ApiFailure): Explanation {
  const isUsers = failure.code === 'invalid_request_url' || /should be a valid uuid/.test(failure.message);
  return {
    code: isUsers ? 'usage' : 'internal',
    what: `Notion refused the request: ${failure.status} ${quote(failure)}`,
    ...(isUsers ? { hint: 'Check the id and the API URL.' } : {}),
  };
}

function quote(failure: ApiFailure): string {
  const message = plainLine(failure.message);
  return message === '' ? plainLine(failure.code) : message;
}

/** Text of others as one short line: no control, bidirectional or line-breaking characters, at most 300 characters. */
export function plainLine(text: string): string {
  const line = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = Array.from(line.slice(0, (maxMessageLength + 1) * 2));
  return characters.length <= maxMessageLength
    ? line
    : `${characters.slice(0, maxMessageLength - 1).join('')}…`;
}
