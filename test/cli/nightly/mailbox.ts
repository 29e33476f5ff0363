/** A server that keeps what is posted to it, for notifications. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';

export interface Posted {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export class Mailbox {
  readonly posted: Posted[] = [];
  /** The status of the next answers. */
  status = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      this.posted.push({
        path: request.url ?? '',
        type: request.headers['content-type'] ?? '',
        body: Buffer.concat(parts).toString('utf8'),
      });
      response.statusCode = this.status;
      response.end('ok');
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** The messages since the last call. */
  take(): Posted[] {
    return this.posted.splice(0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
