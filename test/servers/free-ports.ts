/** Ports of loopback that nobody listens at. */
import { createServer } from 'node:net';

/** The first of `count` ports in a row of which the first is free. */
export async function freePorts(count = 1): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 500) * 24;
    const ports = Array.from({ length: count }, (_, index) => port + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
