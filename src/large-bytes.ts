/** Memory of large byte arrays: taken in few sizes, so that what is given back fits the next one, and given back at once. */

/** A port that is closed: everything given to it is gone. Created when it is first needed. */
let nowhere: InstanceType<typeof MessagePort> | undefined;

/** Smaller ones may share their memory with others, and are soon collected. */
const minBytes = 65_536;

/** A blob's plaintext lies behind its flag and length: that much more may be there. */
const maxOtherBytes = 64;

/** The C library keeps large blocks that were given back for others of their size; packfiles are never of one size. */
const roomStepBytes = 4 * 1024 * 1024;
/** Memory in which nothing lies but one array of {@link roomFor}. */
const rooms = new WeakSet<ArrayBufferLike>();

/** New memory for `length` bytes, which are whatever lay there before: all of them are to be written. */
export function roomFor(length: number): Uint8Array<ArrayBuffer> {
  if (length < roomStepBytes / 4) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  const { buffer } = Buffer.allocUnsafeSlow(Math.ceil(length / roomStepBytes) * roomStepBytes);
  rooms.add(buffer);
  return new Uint8Array(buffer, 0, length);
}

/**
 * Gives back the memory of `bytes`, which nobody uses any more, where nothing else lies in it: they have no length
 * afterwards. V8 would keep up to 64 MB of such bytes, which lie beside its heap, until it next looks for what is unused.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (!(buffer instanceof ArrayBuffer) || byteLength < minBytes) return;
  if (!rooms.has(buffer) && buffer.byteLength - byteLength > maxOtherBytes) return;
  nowhere ??= closedPort();
  nowhere.postMessage(undefined, [buffer]);
}

function closedPort(): InstanceType<typeof MessagePort> {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
