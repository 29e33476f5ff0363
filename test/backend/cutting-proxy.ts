/** Hands a connection on to a server, and cuts it after a given number of bytes: once, in the direction that a test names. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface Cut {
  /** `up` is what the program sends. */
  readonly direction: 'up' | 'down';
  /** So many bytes of that direction, of all connections since it was planned, still pass. */
  readonly afterBytes: number;
}

export class CuttingProxy {
  readonly #target: number;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => this.#serve(client));
  #cut: Cut | undefined;
  #passed = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** A way to the server at port `target` of this machine. */
  static async start(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** True until the cut that was planned has happened. */
  get isWaiting(): boolean {
    return this.#cut !== undefined;
  }

  plan(cut: Cut | undefined): void {
    this.#cut = cut;
    this.#passed = 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#open.delete(socket);
      }
    };
    for (const [from, to, direction] of [
      [client, server, 'up'],
      [server, client, 'down'],
    ] as const) {
      this.#open.add(from);
      from.on('error', end).on('close', end);
      from.on('data', (bytes) => {
        const passing = this.#passing(direction, bytes.length);
        to.write(bytes.subarray(0, passing), () => {
          if (passing < bytes.length) end();
        });
      });
    }
  }

  /** How many of so many bytes still pass. */
  #passing(direction: Cut['direction'], length: number): number {
    if (this.#cut?.direction !== direction) return length;
    const passing = Math.min(length, this.#cut.afterBytes - this.#passed);
    this.#passed += passing;
    if (passing < length) this.#cut = undefined;
    return passing;
  }
}
