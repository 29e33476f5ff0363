/** Pictures that a browser can show, in place of the noise that the sample workspace has. */
import { crc32, deflateSync } from 'node:zlib';
import type { State } from '../cli/world.ts';

/** Every hosted picture becomes a PNG with colours of its own; a browser goes by what it reads, not by the name. */
export function showPictures(state: State): void {
  for (const file of [...state.files.values()]) {
    const { key } = file;
    if (!/^image\/(png|jpeg|gif)$/.test(file.contentType)) continue;
    const bytes = picture([...key].reduce((sum, sign) => sum + sign.charCodeAt(0), 0));
    state.files.set(key, { ...file, size: bytes.length, bytes: (from, to) => bytes.subarray(from, to) });
  }
}

/** A PNG (RFC 2083) of 320 by 200 with a slope of colours. */
function picture(seed: number): Uint8Array {
  const [width, height] = [320, 200];
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const hill = Math.sin((x + seed) / 40) * 20 + Math.cos((x - seed) / 23) * 12 + 120;
      const [r, g, b] =
        y > hill ? [70 + (seed % 60), 120 + (y % 40), 90] : [150 + (seed % 70), 190, 225 - y / 4];
      rows.set([r, g, b], at);
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, sum]);
}
