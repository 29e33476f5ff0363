/** A server on loopback that knows who asks and fails at everything else, in the one way it is told. */
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** How every request but `users/me` ends. */
export interface Failing {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  /** Text sent as it is; none: the connection breaks, or with `isSilent` nothing ever comes. */
  readonly body?: string;
  readonly isSilent?: boolean;
  /** Also of `users/me`. */
  readonly isTotal?: boolean;
}

export interface FailingServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A failure in Notion's own words. */
export function notionError(status: number, code: string, message: string): Failing {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      object: 'error',
      status,
      code,
      message,
      request_id: '7b1e5f0e-9a51-4a7c-8a10-000000000000',
    }),
  };
}

const me = JSON.stringify({
  object: 'user',
  id: '3839ce7b-60a4-81d7-9c8f-0027e2be2501',
  type: 'bot',
  name: 'Bot',
  avatar_url: null,
  bot: { workspace_id: '3839ce7b-60a4-81d7-9c8f-0027e2be2502', workspace_name: 'Failing' },
});

export async function startFailing(failing: Failing): Promise<FailingServer> {
  const server = createServer((request, response) => {
    if (request.url === '/v1/users/me' && failing.isTotal !== true)
      answer(response, { status: 200, body: me });
    else answer(response, failing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: urlOf(server), close: () => close(server) };
}

function answer(response: ServerResponse, { status, headers, body, isSilent }: Failing): void {
  if (isSilent === true) return;
  if (body === undefined) response.destroy();
  else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** A port of this machine at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = urlOf(server);
  await close(server);
  return url;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
