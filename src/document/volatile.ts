/** Removes from an API answer what differs from one response to the next, so that the same page gives the same bytes. */
import type { Json, JsonObject } from './json.ts';
import { isObject, mapValues } from './json.ts';

/** Keys that describe the response, not the object. */
const responseKeys = new Set(['request_id', 'developer_survey', 'expiry_time']);

/** The URL without its query when that query is a signature; any other URL as it is. */
export function withoutSignature(url: string): string {
  return /[?&](x-amz-(signature|credential|algorithm)|signature|expirationtimestamp|sig|token)=/i.test(url)
    ? url.replace(/[?#].*$/s, '')
    : url;
}

/**
 * `value` without response keys, at every depth. Signed URLs lose their query: those of hosted files
 * (`{type: "file", file: {url}}`, `{url, expiry_time}`), and any other string that carries a signature.
 */
export function stripVolatile(value: Json): Json {
  if (Array.isArray(value)) return value.map(stripVolatile);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  const expires = 'expiry_time' in value;
  for (const [key, member] of Object.entries(value)) {
    if (responseKeys.has(key)) continue;
    kept[key] = stripMember(key, member, expires);
  }
  return kept;
}

function stripMember(key: string, member: Json, expires: boolean): Json {
  // The keys below `properties` are names people chose: "request_id" may be one of them.
  if (key === 'properties' && isObject(member)) return mapValues(member, stripVolatile);
  if (typeof member !== 'string') return stripVolatile(member);
  if (key === 'url') return expires ? member.replace(/[?#].*$/s, '') : withoutSignature(member);
  return key === 'avatar_url' ? withoutSignature(member) : member;
}
