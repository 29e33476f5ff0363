/**
 * Connections that read into the same memory again and again. Node would take 64 kB anew for each read, which the collector
 * has to find: half of the processor time that a packfile takes to arrive, and 40 MB of garbage.
 */
import type { ClientRequestArgs } from 'node:http';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { OnReadOpts, Socket } from 'node:net';

/** The newest major version of Node known to give whoever reads a body a copy of what a connection read. */
const newestKnownNode = 24;
const bufferBytes = 256 * 1024;
const settings = { keepAlive: true, maxSockets: 64 };

/** Connections to a server, kept open between requests. */
export function connections(
  protocol: 'http:' | 'https:',
  nodeVersion: string = process.versions.node,
): HttpAgent {
  const isKnown = Number.parseInt(nodeVersion, 10) <= newestKnownNode;
  if (protocol === 'https:') return isKnown ? new RereadingHttps(settings) : new HttpsAgent(settings);
  return isKnown ? new RereadingHttp(settings) : new HttpAgent(settings);
}

class RereadingHttp extends HttpAgent {
  override createConnection(options: ClientRequestArgs, ...rest: Rest) {
    return super.createConnection({ ...options, ...reread() }, ...rest);
  }
}

class RereadingHttps extends HttpsAgent {
  override createConnection(options: ClientRequestArgs, ...rest: Rest) {
    return super.createConnection({ ...options, ...reread() }, ...rest);
  }
}

type Rest = Parameters<HttpAgent['createConnection']> extends [unknown, ...infer Others] ? Others : never;

/** Tells what is read as a socket without a buffer does: the parser is done with the bytes when it returns. */
function reread(): { readonly onread: OnReadOpts } {
  return {
    onread: {
      buffer: Buffer.allocUnsafeSlow(bufferBytes),
      callback(this: Socket, bytes: number, buffer: Uint8Array): boolean {
        this.emit('data', buffer.subarray(0, bytes));
        return true;
      },
    },
  };
}
