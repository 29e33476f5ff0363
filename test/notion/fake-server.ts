/** A small HTTP server on loopback whose answers the test writes, and which keeps what it was asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one request; `turn` counts from 0. */
export type Answer = (asked: Asked, response: ServerResponse, turn: number) => void;

export interface FakeServer {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** Runs `use` beside a server that answers with `answer`, and closes the server whatever happens. */
export async function withServer<T>(answer: Answer, use: (server: FakeServer) => Promise<T>): Promise<T> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    asked.push(one);
    answer(one, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await use({ url: `http://127.0.0.1:${port}`, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers with Notion's error envelope. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  options: { message?: string; additionalData?: unknown; headers?: Record<string, string> } = {},
): void {
  const body = {
    object: 'error',
    status,
    code,
    message: options.message ?? `about ${code}`,
    request_id: 'r-1',
    ...(options.additionalData === undefined ? {} : { additional_data: options.additionalData }),
  };
  sendJson(response, status, body, options.headers);
}
