/**
 * What somebody with a secret of the store can write into it without this program: built from docs/format.md with
 * Node's and noble's cryptography alone. Members it does not know it leaves as they are, so that it keeps forging
 * when a version adds some.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { isRecord } from './laptop.ts';

export type Members = { [name: string]: unknown };

/** Canonical JSON of format.md, for what these tests write: no lone surrogates. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .filter((name) => value[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
}

/** The members of a clear file. */
export function readClear(path: string): Members {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8').split('\n', 1)[0] ?? '');
  if (!isRecord(value)) throw new Error(`${path} is no object`);
  return value;
}

/** Writes a clear file with a digest that holds. Needs no key. */
export function writeClear(path: string, members: Members): void {
  const line = canonical(members);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${line}\n${createHash('sha256').update(line).digest('hex')}\n`);
}

export function without(members: Members, ...names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

/** A key that signs, from the 32 bytes of RFC 8032. */
export class SigningKey {
  readonly publicKey: string;
  readonly #key;

  constructor(seed: Uint8Array = randomBytes(32)) {
    this.#key = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-32).toString('hex');
  }

  /** The key of a machine, read from its configuration folder. */
  static of(configFolder: string): SigningKey {
    const { privateKey } = readClear(join(configFolder, 'notion-kloset/identity.json'));
    return new SigningKey(Buffer.from(String(privateKey), 'hex'));
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.#key);
  }
}

/** Somebody who holds a key file's 32 bytes and can write to the place. */
export class Forger {
  readonly store: string;
  readonly storeId: string;
  readonly masterKey: Buffer;

  constructor(store: string, keyFileBytes: Uint8Array = Buffer.alloc(32, 7)) {
    this.store = store;
    this.storeId = String(readClear(join(store, 'CONFIG')).storeId);
    this.masterKey = this.#unwrap(keyFileBytes);
  }

  #unwrap(secret: Uint8Array): Buffer {
    for (const name of readdirSync(join(this.store, 'keys'))) {
      if (!/^[0-9a-f]{32}$/.test(name)) continue;
      const slot = readClear(join(this.store, 'keys', name));
      if (slot.kind !== 'key-file') continue;
      const key = hkdf(
        secret,
        Buffer.from(String(slot.salt), 'hex'),
        `notion-kloset v${slot.version} slot key-file`,
      );
      try {
        const sealed = Buffer.from(String(slot.wrapped), 'hex');
        return unseal(key, canonical(without(slot, 'wrapped', 'mac')), sealed);
      } catch {
        // Another key's.
      }
    }
    throw new Error('no slot opens: does the forger still follow docs/format.md?');
  }

  key(purpose: string, version: string): Buffer {
    return hkdf(this.masterKey, Buffer.alloc(0), `notion-kloset v${version} ${purpose}`);
  }

  /** Changes a clear file and gives it the MAC that belongs to it; other proofs stay as they were. */
  rewrite(name: string, purpose: 'config' | 'slots', change: (members: Members) => Members): void {
    const path = join(this.store, name);
    const members = readClear(path);
    const mac = (version: string, body: Members) =>
      createHmac('sha256', this.key(purpose, version))
        .update(canonical(without(body, 'mac')))
        .digest('hex');
    const version = ['1', '2', '3'].find((each) => mac(each, members) === members.mac);
    if (version === undefined) throw new Error(`the MAC of ${name} is not what docs/format.md says`);
    const changed = change(members);
    writeClear(path, { ...changed, mac: mac(version, changed) });
  }

  #domain(kind: string, version: string): string {
    return `notion-kloset v${version} ${kind}\0${this.storeId}\0`;
  }

  /** The JSON of a snapshot header, and the version of its framing. */
  header(id: string): { readonly members: Members; readonly version: string } {
    const file = readFileSync(join(this.store, 'snapshots', id));
    const version = file.subarray(6, 7).toString();
    const plain = unseal(this.key('snapshot', version), this.#domain('snapshot', version), file.subarray(8));
    const members: unknown = JSON.parse(plain.subarray(68, 68 + plain.readUInt32BE(64)).toString('utf8'));
    if (!isRecord(members)) throw new Error('a header is no object');
    return { members, version };
  }

  /** Seals and signs a header and puts it into the store. Returns its id. */
  writeHeader(members: Members, version: string, signer: SigningKey): string {
    const json = Buffer.from(canonical({ ...members, signer: signer.publicKey }), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    const signature = signer.sign(
      Buffer.concat([Buffer.from(this.#domain('snapshot signature', version)), json]),
    );
    const body = Buffer.concat([signature, length, json]);
    const padding = Buffer.alloc(padme(body.length + 48) - body.length - 48);
    const sealed = seal(
      this.key('snapshot', version),
      this.#domain('snapshot', version),
      Buffer.concat([body, padding]),
    );
    const file = Buffer.concat([Buffer.from(`NKSNAP${version}\n`), sealed]);
    const id = createHash('sha256').update(file).digest('hex');
    writeFileSync(join(this.store, 'snapshots', id), file);
    return id;
  }

  /** A lock object as its members; undefined when it is none. */
  lock(id: string): { readonly members: Members; readonly version: string } {
    const file = readFileSync(join(this.store, 'locks', id));
    for (const version of ['1', '2', '3']) {
      try {
        const plain = unseal(this.key('locks', version), this.#domain('lock', version) + id, file);
        const members: unknown = JSON.parse(plain.toString('utf8'));
        if (isRecord(members)) return { members, version };
      } catch {
        // Another version's.
      }
    }
    throw new Error('the lock is not what docs/format.md says');
  }

  writeLock(members: Members, version: string): string {
    const id = randomBytes(16).toString('hex');
    const plain = Buffer.from(canonical(members).padEnd(1024, ' '), 'utf8');
    const sealed = seal(this.key('locks', version), this.#domain('lock', version) + id, plain);
    const folder = join(this.store, 'locks');
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(join(folder, id), sealed);
    return id;
  }
}

function hkdf(key: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, 32));
}

function seal(key: Uint8Array, aad: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(24);
  return Buffer.concat([nonce, xchacha20poly1305(key, nonce, Buffer.from(aad, 'utf8')).encrypt(plain)]);
}

function unseal(key: Uint8Array, aad: string, sealed: Uint8Array): Buffer {
  const nonce = sealed.subarray(0, 24);
  return Buffer.from(xchacha20poly1305(key, nonce, Buffer.from(aad, 'utf8')).decrypt(sealed.subarray(24)));
}

/** The smallest Padmé size not below `size`. */
function padme(size: number): number {
  const exponent = Math.floor(Math.log2(size));
  const bits = exponent - Math.floor(Math.log2(exponent)) - 1;
  const mask = 2 ** Math.max(0, bits);
  return Math.ceil(size / mask) * mask;
}
