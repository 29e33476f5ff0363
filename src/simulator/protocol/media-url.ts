/** The URLs under which media are served: signed and short-lived for files, plain for avatars and emoji. */
import { createHmac } from 'node:crypto';
import type { JsonObject } from '../workspace/json.ts';
import type { Context } from './routes.ts';

/** Lifetime of a signed URL, in milliseconds. */
export const signedUrlLifetimeMs = 3_600_000;

type UrlContext = Pick<Context, 'state' | 'clock' | 'origin' | 'random'>;

/** `{url, expiry_time}` of a hosted file; another URL at every call, though the path stays. */
export function signedFile(context: UrlContext, key: string): JsonObject {
  const now = context.clock.now();
  const path = filePath(context, key);
  const date = new Date(Math.floor(now / 1_000) * 1_000).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const token = context.random.uuid().replaceAll('-', '');
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': date,
    'X-Amz-Expires': String(signedUrlLifetimeMs / 1_000),
    'X-Amz-Security-Token': token,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': signature(context.state.workspaceId, path, date, token),
    'x-id': 'GetObject',
  });
  return {
    url: `${context.origin}${path}?${query}`,
    expiry_time: new Date(now + signedUrlLifetimeMs).toISOString(),
  };
}

/** The unsigned URL of an avatar or a custom emoji. */
export function avatarUrl(context: Pick<UrlContext, 'origin'>, key: string): string {
  return `${context.origin}/public/${encodeURIComponent(key)}`;
}

/** Verdict on a signed URL. */
export function checkSignature(
  context: Pick<UrlContext, 'state' | 'clock'>,
  path: string,
  query: URLSearchParams,
): 'good' | 'expired' | 'forged' {
  const date = query.get('X-Amz-Date') ?? '';
  const token = query.get('X-Amz-Security-Token') ?? '';
  if (query.get('X-Amz-Signature') !== signature(context.state.workspaceId, path, date, token))
    return 'forged';
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) return 'forged';
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const signed = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return context.clock.now() >= signed + signedUrlLifetimeMs ? 'expired' : 'good';
}

function filePath(context: Pick<UrlContext, 'state'>, key: string): string {
  const name = context.state.files.get(key)?.name ?? 'untitled';
  return `/files/${context.state.workspaceId}/${encodeURIComponent(key)}/${encodeURIComponent(name)}`;
}

function signature(secret: string, path: string, date: string, token: string): string {
  return createHmac('sha256', secret).update(`${path}\n${date}\n${token}`).digest('hex');
}
