/**
 * Everything that opening a store yields. It stays inside src/store: what is lent to others is made of it and can do
 * less. Each step below adds a power.
 */
import type { Backend, ReadBackend } from '../../backend/backend.ts';
import type { Clock } from '../../clock.ts';
import type { Monitor } from '../../monitor.ts';
import type { SealContext } from '../format/blob.ts';
import type { StoreConfig } from '../format/config.ts';
import type { Identity } from './identity.ts';
import type { Trust } from './trust.ts';

/** Reads and verifies; changes nothing in the store. */
export interface ReadingParts {
  readonly backend: ReadBackend;
  readonly context: SealContext;
  readonly config: StoreConfig;
  /** SHA-256 of CONFIG as it was read. */
  readonly configDigest: string;
  /** False for CONFIG of version 1. */
  readonly isConfigSigned: boolean;
  readonly trust: Trust;
  readonly cacheFolder: string;
  readonly monitor: Monitor;
  readonly clock: Clock;
}

/** Adds objects and signs them. */
export interface WritingParts extends ReadingParts {
  readonly backend: Backend;
  readonly identity: Identity;
  /** A packfile is closed at this many bytes. For tests. */
  readonly packBytes?: number;
  /** Packfiles that are uploaded at once; two by default. */
  readonly maxUploads?: number;
}

/** Removes objects and gives others the key. */
export interface StoreParts extends WritingParts {
  readonly masterKey: Uint8Array;
}
