/**
 * A backend that fails where a test says, and remembers what was asked of it, so that the state after a crash at
 * any moment can be built.
 */
import type { Backend, ByteRange, ObjectEntry } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { KlosetError } from '../../src/errors.ts';

/**
 * - error: the operation fails and does nothing
 * - disk-full: it fails as a full disk does, and so does every later write
 * - torn: half of the bytes appear under the name, then it fails (a place that cannot write at once)
 * - short: half of the bytes are written and it claims success (a place that lies)
 * - dead: this and every later operation fail (the process, or the network, is gone)
 */
export type Fault = 'error' | 'disk-full' | 'torn' | 'short' | 'dead';

export type Change =
  | { readonly type: 'create' | 'replace'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'remove'; readonly name: string };

export interface FaultPlan {
  readonly fault: Fault;
  /** The operation that fails, counting from 1 those that `of` names. */
  readonly at: number;
  /** Count every operation, or only those that change something. */
  readonly of: 'operations' | 'changes';
}

export class FaultyBackend implements Backend {
  readonly location = 'faulty';
  /** Every change that took effect, in order. */
  readonly changes: Change[] = [];
  /** Every operation asked for, as "read packs/ab/…". */
  readonly operations: string[] = [];
  #plan: FaultPlan | undefined;
  readonly #inner: Backend;
  /** Changes asked for, those that failed included. */
  changesAsked = 0;
  #broken: KlosetError | undefined;

  constructor(inner: Backend, plan?: FaultPlan) {
    this.#inner = inner;
    this.#plan = plan;
  }

  /** Forgets the plan and its effects: the disk has room again, the network is back. */
  repair(): void {
    this.#plan = undefined;
    this.#broken = undefined;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    this.#begin(`read ${name}`, false);
    return await this.#inner.read(name, range);
  }

  async size(name: string): Promise<number> {
    this.#begin(`size ${name}`, false);
    return await this.#inner.size(name);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    this.#begin(`list ${prefix}`, false);
    yield* this.#inner.list(prefix);
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    await this.#change({ type: 'create', name, bytes: await collect(bytes) });
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    await this.#change({ type: 'replace', name, bytes: new Uint8Array(bytes) });
  }

  async remove(name: string): Promise<void> {
    await this.#change({ type: 'remove', name });
  }

  async #change(change: Change): Promise<void> {
    const fault = this.#begin(`${change.type} ${change.name}`, true);
    if (fault === undefined) return await this.#apply(change);
    if (change.type !== 'remove') await this.#apply({ ...change, bytes: halfOf(change.bytes) });
    if (fault === 'torn') throw failure('unavailable', `${change.name}: connection lost while writing.`);
  }

  async #apply(change: Change): Promise<void> {
    await applyChange(this.#inner, change);
    this.changes.push(change);
  }

  /** Counts the operation; fails when it is its turn to fail before anything is done. */
  #begin(operation: string, changes: boolean): 'torn' | 'short' | undefined {
    this.operations.push(operation);
    if (changes) this.changesAsked++;
    if (this.#broken !== undefined && (changes || this.#plan?.fault === 'dead')) throw this.#broken;
    const count = this.#plan?.of === 'changes' ? this.changesAsked : this.operations.length;
    if (this.#plan === undefined || count !== this.#plan.at) return undefined;
    if (!changes && this.#plan.of === 'changes') return undefined;
    return this.#fail(this.#plan.fault, operation, changes);
  }

  #fail(fault: Fault, operation: string, changes: boolean): 'torn' | 'short' | undefined {
    if (changes && (fault === 'torn' || fault === 'short')) return fault;
    const error =
      fault === 'disk-full'
        ? failure('temporary', `The disk is full: ${operation}.`)
        : failure('unavailable', `Injected failure: ${operation}.`);
    if (fault === 'disk-full' || fault === 'dead') this.#broken = error;
    if (fault === 'disk-full' && !changes) return undefined;
    throw error;
  }
}

/**
 * What a store that began as `start` holds after the first `count` of `changes`: a crash at that moment. Without its locks:
 * that their process has ended is seen at once, but here it has not.
 */
export async function stateAfter(
  changes: readonly Change[],
  count: number,
  start?: Backend,
): Promise<MemoryBackend> {
  const state = start === undefined ? new MemoryBackend() : await copyOf(start);
  for (const change of changes.slice(0, count))
    if (!change.name.startsWith('locks/')) await applyChange(state, change);
  return state;
}

/** A copy in memory of everything `backend` holds. */
export async function copyOf(backend: Backend): Promise<MemoryBackend> {
  const copy = new MemoryBackend(backend.location);
  for await (const { name } of backend.list('')) await copy.create(name, await backend.read(name));
  return copy;
}

async function applyChange(backend: Backend, change: Change): Promise<void> {
  if (change.type === 'remove') await backend.remove(change.name);
  else await backend[change.type](change.name, change.bytes);
}

const halfOf = (bytes: Uint8Array): Uint8Array => bytes.slice(0, Math.floor(bytes.length / 2));

function failure(code: 'temporary' | 'unavailable', message: string): KlosetError {
  return new KlosetError(code, message);
}

async function collect(bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes);
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(new Uint8Array(part));
  return new Uint8Array(Buffer.concat(parts));
}
