/** The program as people run it, on a store of a real server, and the two kinds of server as one. */
import { join } from 'node:path';
import type { PlaceOptions } from '../../src/backend/location/at-location.ts';
import { Machine } from '../e2e/machine.ts';
import { Ceph, cephEnvironment, cephKeys } from './ceph.ts';
import { hasCeph, hasSshd } from './installed-programs.ts';
import { Sshd } from './sshd.ts';

const checkout = join(import.meta.dirname, '../..');

/** A server that stores can lie on. */
export interface StoreServer {
  /** Address of a store that does not exist yet. */
  newStore(): Promise<string>;
  /** How tests reach it without the program. */
  readonly options: PlaceOptions;
  /** What the program's environment must hold to reach it. */
  readonly env: { readonly [name: string]: string };
  /** Ends it without warning; what it keeps stays. */
  kill(): void;
  /** Starts it again. */
  start(): Promise<void>;
  stop(): void;
}

export interface ServerKind {
  readonly name: string;
  readonly isInstalled: boolean;
  start(): Promise<StoreServer>;
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: 'Ceph',
    isInstalled: hasCeph,
    async start() {
      const ceph = await Ceph.start();
      return {
        env: cephEnvironment,
        options: { s3: { keys: cephKeys } },
        newStore: async () => `${await ceph.newBucket()}/notion`,
        kill: () => ceph.killGateway(),
        start: () => ceph.startGateway(),
        stop: () => ceph.stop(),
      };
    },
  },
  {
    name: 'OpenSSH',
    isInstalled: hasSshd,
    async start() {
      const sshd = await Sshd.start();
      return {
        env: { NOTION_KLOSET_SSH_COMMAND: sshd.command().join(' ') },
        options: { ssh: { command: sshd.command() } },
        newStore: async () => sshd.newStore().address,
        kill: () => sshd.kill(),
        start: () => sshd.run(),
        stop: () => sshd.stop(),
      };
    },
  },
];

/** Somebody's machine that runs the checkout's own build, beside which the SDK of S3 lies. */
export class ServerMachine extends Machine {
  constructor(store: string, env: { readonly [name: string]: string }) {
    super({ folder: '', package: '', command: join(checkout, 'bin/notion-kloset.js') });
    this.store = store;
    Object.assign(this.env, env);
  }
}
