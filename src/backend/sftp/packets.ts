/** Bytes of SFTP version 3 (draft-ietf-secsh-filexfer-02): packets out, answers in. Pure. */

export const packetTypes = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 200,
  extendedReply: 201,
} as const;

/** Status codes that mean something to us. */
export const statusCodes = {
  ok: 0,
  end: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  unsupported: 8,
  /** Of later versions, which some servers give here too. */
  noSpace: 14,
  quotaExceeded: 15,
} as const;

/** Flags of `open`. */
export const openFlags = { read: 0x1, write: 0x2, create: 0x8, exclusive: 0x20 } as const;

export interface Attributes {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Mode bits with the type of the file; 0 when the server does not tell. */
  readonly mode: number;
}

/** Kind of a file by its mode bits. */
export function kindOf({ mode }: Attributes): 'file' | 'folder' | 'special' {
  const type = mode & 0o170000;
  if (type === 0o040000) return 'folder';
  return type === 0o100000 || type === 0 ? 'file' : 'special';
}

export interface NamedFile {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Room of a file system, as `statvfs@openssh.com` tells it. */
export interface Space {
  /** For this user. */
  readonly freeBytes: number;
  /** Undefined where files are not counted. */
  readonly freeFiles: number | undefined;
  readonly isReadOnly: boolean;
}

export type Answer =
  | { readonly type: 'status'; readonly code: number; readonly message: string }
  | { readonly type: 'handle'; readonly handle: Buffer }
  | { readonly type: 'data'; readonly data: Buffer }
  | { readonly type: 'names'; readonly files: readonly NamedFile[] }
  | { readonly type: 'attributes'; readonly attributes: Attributes }
  /** To an extension, in its own form. */
  | { readonly type: 'extended'; readonly reply: Buffer };

/** A part of a request: a number is 4 bytes; text and bytes are preceded by their length; big numbers are 8 bytes. */
export type Field = number | bigint | string | Uint8Array;

export function encodePacket(type: number, id: number | undefined, fields: readonly Field[]): Buffer {
  const parts = fields.flatMap((field) => encodeField(field));
  const head = id === undefined ? [Buffer.from([type])] : [Buffer.from([type]), uint32(id)];
  const length = [...head, ...parts].reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([uint32(length), ...head, ...parts]);
}

function encodeField(field: Field): Uint8Array[] {
  if (typeof field === 'number') return [uint32(field)];
  if (typeof field === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(field);
    return [bytes];
  }
  const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
  return [uint32(bytes.length), bytes];
}

/** The attributes of a new file or folder: its permissions alone. */
export function permissions(mode: number): readonly Field[] {
  return [hasPermissions, mode];
}

const hasSize = 0x1;
const hasOwner = 0x2;
const hasPermissions = 0x4;
const hasTimes = 0x8;
const hasExtended = 0x80000000;

/** The extensions that the server names in its first packet. @throws Error for another version or bytes that are no packet */
export function decodeVersion(packet: Buffer): ReadonlyMap<string, string> {
  const reader = new PacketReader(packet);
  const [type, version] = [reader.byte(), reader.uint32()];
  if (type !== packetTypes.version || version < 3) throw new Error(`version ${version} of SFTP`);
  const extensions = new Map<string, string>();
  while (reader.left > 0) extensions.set(reader.text(), reader.text());
  return extensions;
}

/** An answer and the request it belongs to. @throws Error for bytes that are no answer */
export function decodeAnswer(packet: Buffer): { readonly id: number; readonly answer: Answer } {
  const reader = new PacketReader(packet);
  const type = reader.byte();
  return { id: reader.uint32(), answer: answerOf(type, reader) };
}

function answerOf(type: number, reader: PacketReader): Answer {
  switch (type) {
    case packetTypes.status: {
      const code = reader.uint32();
      return { type: 'status', code, message: reader.left > 0 ? reader.text() : '' };
    }
    case packetTypes.handle:
      return { type: 'handle', handle: reader.bytes() };
    case packetTypes.data:
      return { type: 'data', data: reader.bytes() };
    case packetTypes.attributes:
      return { type: 'attributes', attributes: attributesIn(reader) };
    case packetTypes.name:
      return { type: 'names', files: namesIn(reader) };
    case packetTypes.extendedReply:
      return { type: 'extended', reply: reader.rest() };
    default:
      throw new Error(`packet of type ${type}`);
  }
}

/** The room in a reply of `statvfs@openssh.com`: eleven numbers (PROTOCOL of OpenSSH, 4.4). @throws Error for a shorter one */
export function decodeSpace(reply: Buffer): Space {
  const reader = new PacketReader(reply);
  // The size of a block for reading.
  reader.skip(8);
  const unitBytes = reader.uint64();
  // All blocks, and the free ones of which the system keeps some back.
  reader.skip(16);
  const freeUnits = reader.uint64();
  const files = reader.uint64();
  reader.skip(8);
  const freeFiles = reader.uint64();
  // The id of the file system.
  reader.skip(8);
  const flags = reader.uint64();
  return {
    freeBytes: unitBytes * freeUnits,
    freeFiles: files === 0 ? undefined : freeFiles,
    isReadOnly: (flags & 0x1) !== 0,
  };
}

function namesIn(reader: PacketReader): NamedFile[] {
  const files: NamedFile[] = [];
  for (let left = reader.uint32(); left > 0; left--) {
    const name = reader.text();
    // The line that `ls -l` would print.
    reader.bytes();
    files.push({ name, attributes: attributesIn(reader) });
  }
  return files;
}

function attributesIn(reader: PacketReader): Attributes {
  const flags = reader.uint32();
  const sizeBytes = flags & hasSize ? reader.uint64() : 0;
  if (flags & hasOwner) reader.skip(8);
  const mode = flags & hasPermissions ? reader.uint32() : 0;
  if (flags & hasTimes) reader.skip(4);
  const modifiedMs = flags & hasTimes ? reader.uint32() * 1000 : 0;
  if (flags & hasExtended) for (let left = reader.uint32(); left > 0; left--) reader.skipPair();
  return { sizeBytes, modifiedMs, mode };
}

/** Reads what a server wrote: every length is checked. */
class PacketReader {
  readonly #packet: Buffer;
  #at = 0;

  constructor(packet: Buffer) {
    this.#packet = packet;
  }

  get left(): number {
    return this.#packet.length - this.#at;
  }

  skip(length: number): number {
    if (length > this.left) throw new Error('a packet that ends early');
    this.#at += length;
    return this.#at - length;
  }

  skipPair(): void {
    this.bytes();
    this.bytes();
  }

  byte(): number {
    return this.#packet.readUInt8(this.skip(1));
  }

  uint32(): number {
    return this.#packet.readUInt32BE(this.skip(4));
  }

  uint64(): number {
    return Number(this.#packet.readBigUInt64BE(this.skip(8)));
  }

  bytes(): Buffer {
    const length = this.uint32();
    const from = this.skip(length);
    return this.#packet.subarray(from, from + length);
  }

  rest(): Buffer {
    return this.#packet.subarray(this.skip(this.left));
  }

  text(): string {
    return this.bytes().toString('utf8');
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
