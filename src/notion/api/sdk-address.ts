/** Paths and queries as the SDK wants them, so that ids of Notion's answers reach Notion as they are and nothing else does. */
import type { ApiRequest } from './api.ts';
import { failureOf } from './api-failure.ts';
import { explainFailure } from './explain-failure.ts';

/** Stands between two dots for the SDK, which refuses `..` even inside a property id. */
const dotGuard = '%00';

/**
 * Ids in a path come from Notion's answers: nothing in them may leave the path.
 * @throws KlosetError `internal`, with an ApiFailure of code `invalid-path` as its cause.
 */
export function sdkPath(path: string): string {
  const segments = path.split('/');
  const isSafe =
    /^[A-Za-z0-9._~!$&'()*+,;=:@%/-]+$/.test(path) &&
    segments.every((segment, index) => isSafeSegment(segment, segments[index - 1] === 'properties'));
  if (!isSafe)
    throw explainFailure(failureOf(400, 'invalid-path', 'The id does not fit into an address.'), path);
  return path.replace(/\.(?=\.)/g, `.${dotGuard}`);
}

/** The URL the SDK made of such a path, as it was meant. */
export function unguardedUrl(url: string): string {
  return url.replaceAll(dotGuard, '');
}

/** Ids of properties are a few characters of any kind: an encoded slash or backslash is one of them and stays encoded. */
function isSafeSegment(segment: string, isPropertyId: boolean): boolean {
  const forbidden = isPropertyId ? /%00/ : /%(2f|5c|00)/i;
  return segment !== '' && !/^(\.|%2e){1,2}$/i.test(segment) && !forbidden.test(segment);
}

/** The SDK decodes the members of arrays before it encodes them; a member that cannot be decoded is encoded first. */
export function sdkQuery(
  query: NonNullable<ApiRequest['query']>,
): Record<string, string | number | string[]> {
  const entries = Object.entries(query).map(([name, value]): [string, string | number | string[]] => [
    name,
    typeof value === 'string' || typeof value === 'number' ? value : value.map(decodable),
  ]);
  return Object.fromEntries(entries);
}

function decodable(value: string): string {
  try {
    decodeURIComponent(value);
    return value;
  } catch {
    return encodeURIComponent(value);
  }
}
