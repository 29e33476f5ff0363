/**
 * Ids of a generated workspace. An id hides the numbers of its page and block, so that a block can be created when it is
 * asked for and no table of all blocks is needed; to anybody else it looks like Notion's.
 */

/** The block number that stands for the page itself. */
export const pageItself = 0xffff_ffff;

export interface GeneratedId {
  readonly page: number;
  readonly block: number;
}

export interface IdCodec {
  /** @param day days since 2024-01-01, shown in the first three digits */
  encode(day: number, page: number, block: number): string;
  /** The numbers in an id this codec may have created; check by encoding again. */
  decode(id: string): GeneratedId | undefined;
}

const shape = /^[0-9a-f]{3}5c3e9-71d4-8([0-9a-f])([0-9a-f]{2})-9([0-9a-f]{3})-([0-9a-f]{12})$/;
const rounds = [0x9e37_79b1, 0x85eb_ca6b, 0xc2b2_ae35, 0x27d4_eb2f] as const;

/** A codec whose ids differ from those of other seeds. */
export function createIdCodec(seed: number): IdCodec {
  const keys = rounds.map((round) => Math.imul(round, seed | 1) ^ seed);
  return {
    encode(day, page, block) {
      let left = page >>> 0;
      let right = block >>> 0;
      for (const key of keys) [left, right] = [right, (left ^ scrambled(right, key)) >>> 0];
      const digits = hex(left) + hex(right);
      const first = (day & 0xfff).toString(16).padStart(3, '0');
      // A block's digit tells it from its page when people compare ids by eye.
      const creatorOf = block === pageItself ? '0' : '1';
      return `${first}5c3e9-71d4-8${creatorOf}${digits.slice(0, 2)}-9${digits.slice(2, 5)}-${digits.slice(4, 16)}`;
    },
    decode(id) {
      const found = shape.exec(id);
      if (found === null) return undefined;
      const digits = `${found[2]}${found[3]}${found[4]?.slice(1)}`;
      let left = Number.parseInt(digits.slice(0, 8), 16);
      let right = Number.parseInt(digits.slice(8, 16), 16);
      for (const key of [...keys].reverse()) [left, right] = [(right ^ scrambled(left, key)) >>> 0, left];
      return { page: left, block: right };
    },
  };
}

/** The round function of a Feistel network: any function will do, the network undoes it. */
function scrambled(half: number, key: number): number {
  let value = Math.imul(half ^ key, 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2_ae35);
  return value ^ (value >>> 13);
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
