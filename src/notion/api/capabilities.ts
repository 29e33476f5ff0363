/**
 * The capabilities of a token, found out without a write: a request about an object that does not exist is refused for a
 * capability that is missing (403) before anybody looks for the object (404).
 */
import { randomUUID } from 'node:crypto';
import { isKlosetError } from '../../errors.ts';
import type { ApiRequest, NotionApi } from './api.ts';
import { apiFailureOf } from './api.ts';

export const capabilities = [
  'read_content',
  'update_content',
  'insert_content',
  'read_comments',
  'insert_comments',
  'read_users',
] as const;
export type Capability = (typeof capabilities)[number];

/** `unknown` when Notion's answer tells neither. */
export type CapabilityState = 'present' | 'missing' | 'unknown';

/** Asks for each capability once. @throws KlosetError when Notion cannot be reached or refuses the token */
export async function probeCapabilities(api: NotionApi): Promise<Map<Capability, CapabilityState>> {
  const found = new Map<Capability, CapabilityState>();
  for (const capability of capabilities) found.set(capability, await probe(api, requestFor(capability)));
  return found;
}

function requestFor(capability: Capability): ApiRequest {
  const nobody = randomUUID();
  const text = [{ type: 'text', text: { content: 'probe' } }];
  switch (capability) {
    case 'read_content':
      return { method: 'post', path: 'search', body: { page_size: 1 }, effect: 'read' };
    case 'update_content':
      return { method: 'patch', path: `pages/${nobody}`, body: { in_trash: false }, effect: 'write' };
    case 'insert_content':
      return {
        method: 'post',
        path: 'pages',
        body: { parent: { type: 'page_id', page_id: nobody }, properties: { title: { title: text } } },
        effect: 'write',
      };
    case 'read_comments':
      return { method: 'get', path: 'comments', query: { block_id: nobody }, effect: 'read' };
    case 'insert_comments':
      return {
        method: 'post',
        path: 'comments',
        body: { parent: { type: 'page_id', page_id: nobody }, rich_text: text },
        effect: 'write',
      };
    case 'read_users':
      return { method: 'get', path: 'users', query: { page_size: 1 }, effect: 'read' };
  }
}

async function probe(api: NotionApi, request: ApiRequest): Promise<CapabilityState> {
  try {
    await api.request(request);
    return 'present';
  } catch (error) {
    const failure = apiFailureOf(error);
    if (failure === undefined || !isKlosetError(error) || failure.status === 0 || failure.status === 401)
      throw error;
    if (failure.status === 403) return 'missing';
    return failure.status === 404 && failure.code === 'object_not_found' ? 'present' : 'unknown';
  }
}
