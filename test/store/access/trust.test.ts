import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { isKlosetError } from '../../../src/errors.ts';
import { endorse, ensureIdentity, rotateIdentity } from '../../../src/store/access/identity.ts';
import type { SeenHeader } from '../../../src/store/access/pins/header-loss.ts';
import { trustName } from '../../../src/store/access/pins/pin-files.ts';
import type { SeenRoster, Trust, TrustOptions } from '../../../src/store/access/trust.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import { documentChunkSizes, mediaChunkSizes } from '../../../src/store/format/chunk-sizes.ts';
import type { StoreConfig, TrustedKey } from '../../../src/store/format/config.ts';
import { newStoreId } from '../../../src/store/format/config.ts';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import { anyId } from '../context.ts';

const now = '2026-01-02T03:04:05.678Z';
const location = '/backups/notion';
const id = anyId;
const digest = (text: string): string => Buffer.from(text.padEnd(32).slice(0, 32)).toString('hex');

let folder: MemoryBackend;
let signer: TrustedKey;
let config: StoreConfig;

beforeEach(async () => {
  folder = new MemoryBackend();
  ({ signer } = await ensureIdentity(new MemoryBackend(), now));
  const chunkSizes = { document: documentChunkSizes, media: mediaChunkSizes };
  config = {
    ...{ storeId: newStoreId(), created: now, chunkSizes, compression: 'spelled deflate' },
    signers: [signer],
    revocations: [],
  };
});

const header = (name: string, parents: string[], more: Partial<SeenHeader> = {}): SeenHeader => ({
  id: id(name),
  time: `2026-01-0${parents.length + 1}T00:00:00.000Z`,
  signer: signer.publicKey,
  parents: parents.map(id),
  ...more,
});

interface Found {
  readonly config?: StoreConfig;
  readonly configDigest?: string;
  /** The key that signed CONFIG; by default its first signer. */
  readonly signedBy?: string | undefined;
  readonly slots?: number;
  /** The key that signed the roster. */
  readonly rosterBy?: string;
  readonly roster?: Partial<SeenRoster>;
  readonly headers?: readonly SeenHeader[];
  readonly unreadable?: readonly SnapshotId[];
}

/** Opens the store as it is found now, compares everything, and pins it. */
async function visit(found: Found = {}, options: TrustOptions = {}): Promise<Trust> {
  const trust = await openTrust(folder, location, options);
  const seen = found.config ?? config;
  const signedBy = 'signedBy' in found ? found.signedBy : seen.signers[0]?.publicKey;
  trust.checkConfig(seen, { digest: found.configDigest ?? digest('first'), signedBy });
  const signature = { by: found.rosterBy ?? seen.signers[0]?.publicKey ?? '', signature: '' };
  trust.checkRoster({ generation: found.slots ?? 1, slots: [], signature, ...found.roster });
  trust.checkHeaders(found.headers ?? [], found.unreadable ?? []);
  await trust.save();
  return trust;
}

/** What a visit is refused with: the code and the words. */
async function refusal(found: Found): Promise<string> {
  try {
    await visit(found);
    return 'not refused';
  } catch (error) {
    return isKlosetError(error, 'integrity') ? error.message : `another error: ${String(error)}`;
  }
}

describe('trust in a store', () => {
  test('pins what it finds at first, and an unchanged store is taken again', async () => {
    const headers = [header('a', []), header('b', ['a'])];
    expect((await openTrust(folder, location)).remembered).toBeUndefined();
    await visit({ headers });
    const before = await folder.read(trustName(location));
    expect((await visit({ headers })).isFirstUse).toBe(false);
    expect(await folder.read(trustName(location))).toEqual(before);
  });

  test('takes new snapshots that stand on those seen', async () => {
    await visit({ headers: [header('a', [])] });
    await visit({ headers: [header('a', []), header('b', ['a']), header('c', ['a'])] });
    await visit({
      headers: [header('a', []), header('b', ['a']), header('c', ['a']), header('d', ['b', 'c'])],
    });
  });

  test('refuses another store at the same place', async () => {
    await visit();
    expect(await refusal({ config: { ...config, storeId: newStoreId() } })).toMatch(/another store/);
  });

  test('refuses a changed CONFIG', async () => {
    await visit();
    const changed = { ...config, created: '2026-02-02T00:00:00.000Z' };
    expect(await refusal({ config: changed, configDigest: digest('second') })).toMatch(
      /CONFIG .* is not the one/,
    );
  });

  test('refuses key slots that were set back', async () => {
    await visit({ slots: 3 });
    await visit({ slots: 4 });
    expect(await refusal({ slots: 3 })).toMatch(/key slots .* rolled back/);
  });

  test('refuses a store set back to an older state, or emptied', async () => {
    const [a, b, c] = [header('a', []), header('b', ['a']), header('c', ['b'])];
    await visit({ headers: [a, b, c] });
    expect(await refusal({ headers: [a, b] })).toMatch(/rolled back/);
    expect(await refusal({ headers: [] })).toMatch(/no snapshot at all/);
  });

  test('refuses a store set back and continued by somebody', async () => {
    const [a, b] = [header('a', []), header('b', ['a'])];
    await visit({ headers: [a, b] });
    expect(await refusal({ headers: [a, header('c', ['a']), header('d', ['c'])] })).toMatch(/rolled back/);
  });

  test('refuses a store from whose middle a snapshot vanished, also at first sight', async () => {
    const [a, b, c] = [header('a', []), header('b', ['a']), header('c', ['b'])];
    expect(await refusal({ headers: [a, c] })).toMatch(/chain .* broken.*bbbbbbbb/);
    await visit({ headers: [a, b, c] });
    expect(await refusal({ headers: [a, c] })).toMatch(/chain .* broken/);
    expect(await refusal({ headers: [b, c] })).toMatch(/chain .* broken/);
  });

  test('takes removals that were signed, of any snapshot', async () => {
    const [a, b, c] = [header('a', []), header('b', ['a']), header('c', ['b'])];
    await visit({ headers: [a, b, c] });
    const removal = header('d', ['c'], { removed: [id('a'), id('c')] });
    await visit({ headers: [b, removal] });
    await visit({ headers: [b, removal, header('e', ['d'])] });
    expect(await refusal({ headers: [b, header('e', ['d'])] })).toMatch(/chain .* broken/);
  });

  test('a removal by a foreign key removes nothing', async () => {
    const [a, b] = [header('a', []), header('b', ['a'])];
    await visit({ headers: [a, b] });
    const forged = header('d', ['b'], { removed: [id('b')], signer: id('9') });
    expect(await refusal({ headers: [a, forged] })).toMatch(/rolled back/);
  });

  test('a damaged snapshot that a newer one stands on is not a missing one', async () => {
    const [a, b] = [header('a', []), header('b', ['a'])];
    await visit({ headers: [a, b] });
    await visit({ headers: [b], unreadable: [id('a')] });
    expect(await refusal({ headers: [b] })).toMatch(/chain .* broken/);
  });

  test('refuses a damaged header that may be the newest, also at first sight', async () => {
    const [a, b] = [header('a', []), header('b', ['a'])];
    expect(await refusal({ headers: [a], unreadable: [id('b')] })).toMatch(/cannot be read.*bbbbbbbb/);
    await visit({ headers: [a, b] });
    expect(await refusal({ headers: [a], unreadable: [id('b')] })).toMatch(/cannot be read.*bbbbbbbb/);
    // What stands on it is no backup: it does not tell that there is a newer one.
    for (const more of [{ isBackup: false }, { isBackup: false, removed: [id('d')] }])
      expect(await refusal({ headers: [a, header('c', ['b'], more)], unreadable: [id('b')] })).toMatch(
        /bbbbbbbb/,
      );
    await visit({ headers: [a], unreadable: [id('b')] }, { accept: { loss: true } });
    await visit({ headers: [a], unreadable: [id('b')] });
    await visit({ headers: [a, b] });
  });

  test('who goes on after a loss is told of it again each time, until it is made good or accepted', async () => {
    const [a, b, c] = [header('a', []), header('b', ['a']), header('c', ['a'])];
    await visit({ headers: [a, b] });
    for (const found of [{ headers: [a] }, { headers: [a, c] }, { headers: [a], unreadable: [id('b')] }]) {
      const trust = await openTrust(folder, location);
      trust.checkConfig(config, { digest: digest('first'), signedBy: config.signers[0]?.publicKey });
      const judgement = trust.judgeHeaders(found.headers, found.unreadable);
      expect(trust.noteHeaders(judgement)?.error.code).toBe('integrity');
      await trust.save();
    }
    expect(await refusal({ headers: [a, c] })).toMatch(/rolled back/);
    await visit({ headers: [a, b, c] });
  });

  test('names a foreign signer by its fingerprint', async () => {
    const trust = await visit();
    const foreign = header('a', [], { signer: id('9') });
    expect(trust.signerProblem(signer.publicKey)).toBeUndefined();
    expect(trust.signerProblem(foreign.signer)).toMatch(/not trusted: [0-9a-f]{4} /);
    expect(() => trust.checkSigner(foreign)).toThrow(/not trusted/);
    trust.checkSigner(header('a', []));
  });
});

describe('a new signer in CONFIG', () => {
  const other = async (): Promise<TrustedKey> => (await ensureIdentity(new MemoryBackend(), now)).signer;
  const second = digest('second');

  test('is refused when nobody vouches for it', async () => {
    await visit();
    const changed = { ...config, signers: [signer, await other()] };
    expect(await refusal({ config: changed, configDigest: second })).toMatch(/untrusted signer/);
  });

  test('is taken when a trusted key endorsed it, through any number of rotations', async () => {
    const identityFolder = new MemoryBackend();
    const first = (await ensureIdentity(identityFolder, now)).signer;
    const original = { ...config, signers: [first] };
    await visit({ config: original });
    const next = (await rotateIdentity(identityFolder, now)).signer;
    const last = (await rotateIdentity(identityFolder, now)).signer;
    const trust = await visit({
      config: { ...original, signers: [last, next, first] },
      configDigest: second,
    });
    expect(trust.signerProblem(last.publicKey)).toBeUndefined();
    expect(
      await refusal({ config: { ...original, signers: [last, first] }, configDigest: digest('third') }),
    ).toMatch(/no longer lists/);
  });

  test('is refused when only a stranger endorsed it, or the endorsement is forged', async () => {
    await visit();
    const strangers = new MemoryBackend();
    const stranger = (await ensureIdentity(strangers, now)).signer;
    const endorsed = (await rotateIdentity(strangers, now)).signer;
    const forged = {
      ...endorsed,
      endorsement: { by: signer.publicKey, signature: endorsed.endorsement?.signature ?? '' },
    };
    for (const signers of [
      [signer, stranger, endorsed],
      [signer, endorsed],
      [signer, forged],
    ]) {
      expect(await refusal({ config: { ...config, signers }, configDigest: second })).toMatch(
        /untrusted signer/,
      );
    }
  });

  test('a signer that vanishes from CONFIG is noticed', async () => {
    const identity = await ensureIdentity(new MemoryBackend(), now);
    config = { ...config, signers: [identity.signer] };
    signer = identity.signer;
    const both = { ...config, signers: [signer, endorse(identity, (await other()).publicKey)] };
    await visit({ config: both });
    expect(await refusal({ config, configDigest: second })).toMatch(/no longer lists/);
  });
});

describe('an accepted difference', () => {
  test('is the way past it, and pins the new state', async () => {
    const [a, b, c] = [header('a', []), header('b', ['a']), header('c', ['b'])];
    await visit({ headers: [a, b, c], slots: 5 });
    const changed: Found[] = [
      { config: { ...config, storeId: newStoreId() }, configDigest: digest('other store') },
      { headers: [a], slots: 1 },
      { headers: [a, c], slots: 1 },
    ];
    for (const found of changed) {
      expect(await refusal(found)).not.toBe('not refused');
      await visit(found, { accept: { loss: true, config: true, place: true } });
      await visit(found);
    }
    expect(await refusal({})).toMatch(/rolled back/);
  });

  test('is not needed again for a hole the user accepted, but for the next one', async () => {
    const [a, b, c, d] = [header('a', []), header('b', ['a']), header('c', ['b']), header('d', ['c'])];
    await visit({ headers: [a, c] }, { accept: { loss: true, config: true, place: true } });
    await visit({ headers: [a, c, d] });
    await visit({ headers: [a, b, c, d] });
    expect(await refusal({ headers: [a, b, d] })).toMatch(/chain .* broken/);
  });
});

describe('the trust file', () => {
  test('is one for each location', async () => {
    await visit();
    const elsewhere = await openTrust(folder, '/other/place');
    expect(elsewhere.remembered).toBeUndefined();
    expect(trustName('/other/place')).not.toBe(trustName(location));
  });

  test('when damaged is an error, not a first use', async () => {
    await visit({ headers: [header('a', [])] });
    const bytes = await folder.read(trustName(location));
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await folder.replace(trustName(location), flipped);
      expect(await refusal({ headers: [header('a', [])] })).not.toBe('not refused');
    }
    await visit({ headers: [header('a', [])] }, { accept: { loss: true, config: true, place: true } });
  });
});
