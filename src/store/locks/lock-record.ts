/** A lock as bytes: canonical JSON, sealed, so that a store tells nobody on which machines it is used. */
import { KlosetError } from '../../errors.ts';
import { open, seal } from '../crypto/primitives.ts';
import type { SealContext } from '../format/blob.ts';
import { sealDomain } from '../format/blob.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from '../format/canonical-json.ts';
import { isoTime, MemberReader } from '../format/member-reader.ts';
import type { LockOwner } from './lock-owner.ts';

/** Shared holders work side by side, an exclusive one alone. */
export type LockKind = 'shared' | 'exclusive';

export interface LockRecord extends LockOwner {
  readonly kind: LockKind;
  readonly command: string;
  /** ISO time. */
  readonly created: string;
  /** ISO time. */
  readonly refreshed: string;
}

/** A lock not refreshed for this long counts as abandoned. */
export const lockExpiryMs = 30 * 60 * 1000;

/** All locks are padded to one size. */
const paddedBytes = 1024;
/** Nonce and tag of the seal included. */
export const maxLockBytes = paddedBytes + 40;
const maxTextLength = 100;

export function encodeLock(context: SealContext, id: string, record: LockRecord): Uint8Array {
  const { kind, machine, boot, space, pid, started, created, refreshed } = record;
  const host = record.host.slice(0, maxTextLength);
  const command = record.command.slice(0, maxTextLength);
  const json = canonicalJson({
    kind,
    host,
    machine,
    boot,
    space,
    pid,
    started,
    command,
    created,
    refreshed,
  });
  const plaintext = new Uint8Array(paddedBytes).fill(0x20);
  const { read } = new TextEncoder().encodeInto(json, plaintext);
  if (read !== json.length) throw new KlosetError('internal', 'A lock does not fit its size.');
  return seal(context.keys.locks, aadOf(context, id), plaintext);
}

/** @throws KlosetError integrity when it is not a lock of this store under this id */
export function decodeLock(context: SealContext, id: string, bytes: Uint8Array): LockRecord {
  const what = `Lock ${id}`;
  const text = utf8Text(open(context.keys.locks, aadOf(context, id), bytes), what);
  const members = new MemberReader(parseCanonicalJson(text.trimEnd(), what), what);
  const record = {
    kind: members.oneOf('kind', ['shared', 'exclusive']),
    host: members.text('host', /^.*$/s),
    machine: members.text('machine', /^.*$/s),
    boot: members.text('boot', /^.*$/s),
    space: members.text('space', /^.*$/s),
    pid: members.number('pid'),
    started: members.text('started', /^.*$/s),
    command: members.text('command', /^.*$/s),
    created: members.text('created', isoTime),
    refreshed: members.text('refreshed', isoTime),
  };
  members.end();
  return record;
}

function aadOf(context: SealContext, id: string): Uint8Array {
  return Buffer.concat([sealDomain('lock', context.storeId), Buffer.from(id, 'utf8')]);
}
