/** From the present version of the clear files back to the first. */
import type { Backend } from '../../src/backend/backend.ts';
import { isObject } from '../../src/document/json.ts';
import { hexOf } from '../../src/store/crypto/hex.ts';
import type { StoreKeys } from '../../src/store/crypto/keys.ts';
import { encodeCheckedJson, macOf } from '../../src/store/format/checked-json.ts';

/** Writes CONFIG and roster as version 1 had them: not signed. */
export async function unsign(backend: Backend, keys: StoreKeys): Promise<void> {
  for (const [name, key] of [
    ['CONFIG', keys.config],
    ['keys/roster', keys.slots],
  ] as const) {
    const [line = ''] = Buffer.from(await backend.read(name))
      .toString('utf8')
      .split('\n');
    const file = JSON.parse(line);
    if (!isObject(file)) throw new Error(`${name} is not an object`);
    const { signature: _, mac: __, revocations: ___, ...body } = file;
    const first = { ...body, version: 1 };
    await backend.replace(name, encodeCheckedJson({ ...first, mac: hexOf(macOf(first, key)) }));
  }
}
