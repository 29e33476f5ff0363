/** Memory that is given back at once. */

/** A port that is closed: everything given to it is gone. Created when it is first needed. */
let nowhere: InstanceType<typeof MessagePort> | undefined;

/** Smaller ones may share their memory with others, and are soon collected. */
const minBytes = 65_536;

/** A blob's plaintext lies behind its flag and length: that much more may be there. */
const maxOtherBytes = 64;

/**
 * Gives back the memory of `bytes`, which nobody uses any more, where nothing else lies in it: they have no length
 * afterwards. V8 would keep up to 64 MB of such bytes, which lie beside its heap, until it next looks for what is unused.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength - byteLength <= maxOtherBytes;
  if (!isAlone || byteLength < minBytes) return;
  nowhere ??= closedPort();
  nowhere.postMessage(undefined, [buffer]);
}

function closedPort(): InstanceType<typeof MessagePort> {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
