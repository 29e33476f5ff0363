/**
 * A witness: one line of text, signed by a signer of a store, that says how far the store had come. Kept anywhere else, it
 * lets a machine that never saw the store find that it was rolled back before its first use.
 */
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sealDomain } from '../format/blob.ts';
import type { FileSignature } from '../format/checked-json.ts';
import { isSignatureValid } from '../format/checked-json.ts';
import type { SnapshotId } from '../format/ids.ts';
import { isSnapshotId } from '../format/ids.ts';
import type { SigningKey } from '../format/snapshot-header.ts';

export interface Witness {
  readonly storeId: string;
  /** Ids of headers that no other named, at most 16. */
  readonly heads: readonly SnapshotId[];
  /** Headers known, those that were removed among them: never fewer later. */
  readonly count: number;
  /** The roster's count of changes. */
  readonly slotsGeneration: number;
  /** Signers and revocations in CONFIG: never fewer later. */
  readonly statements: number;
}

/** A witness as it was read; its signature holds. */
export interface SignedWitness extends Witness {
  readonly by: string;
}

const magic = 'notion-kloset-witness-1';
export const maxWitnessHeads = 16;

/** The line, without its end. */
export function encodeWitness(witness: Witness, signer: SigningKey): string {
  const text = textOf(witness);
  const signature = hexOf(signer.sign(signedBytes(witness.storeId, text)));
  return `${text} ${hexOf(signer.publicKey)} ${signature}`;
}

/** Reads an untrusted line. @throws KlosetError usage when it is not a witness, integrity when it was altered */
export function parseWitness(line: string): SignedWitness {
  const pattern =
    /^(notion-kloset-witness-1 ([0-9a-f]{32}) (-|[0-9a-f,]{64,1100}) (\d{1,15}) (\d{1,15}) (\d{1,15})) ([0-9a-f]{64}) ([0-9a-f]{128})$/;
  const [, text, storeId, list, count, slots, statements, by, signature] = pattern.exec(line.trim()) ?? [];
  const heads = list === undefined || list === '-' ? [] : list.split(',');
  if (text === undefined || storeId === undefined || by === undefined || !heads.every(isSnapshotId))
    throw new KlosetError('usage', 'This is not a whole witness line.', {
      hint: 'It is what `notion-kloset status --witness` printed: one line that begins with notion-kloset-witness.',
    });
  const proof: FileSignature = { by, signature: signature ?? '' };
  if (!isSignatureValid(proof, signedBytes(storeId, text)))
    throw new KlosetError('integrity', 'The witness was altered: its signature is not valid.');
  const numbers = { count: Number(count), slotsGeneration: Number(slots), statements: Number(statements) };
  return { storeId, heads, ...numbers, by };
}

function textOf({ storeId, heads, count, slotsGeneration, statements }: Witness): string {
  const list = heads.length === 0 ? '-' : heads.join(',');
  return [magic, storeId, list, count, slotsGeneration, statements].join(' ');
}

function signedBytes(storeId: string, text: string): Uint8Array {
  return Buffer.concat([sealDomain('witness', storeId), Buffer.from(text, 'utf8')]);
}
