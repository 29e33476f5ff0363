import { createCipheriv } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js';
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { subkey } from '../../../src/store/crypto/hchacha.ts';
import * as primitives from '../../../src/store/crypto/primitives.ts';
import * as reference from '../../../src/store/crypto/reference.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const repeat = (byte: string, count: number): Uint8Array => hex(byte.repeat(count));

describe('SHA-256', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the FIPS 180-4 digest of %j', (message, digest) => {
    expect(toHex(primitives.sha256(text(message)))).toBe(digest);
    expect(toHex(nobleSha256(text(message)))).toBe(digest);
  });
});

/** RFC 4231 §4: key, data, tag. */
const hmacVectors: [string, Uint8Array, Uint8Array, string][] = [
  [
    '1',
    repeat('0b', 20),
    text('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    '2',
    text('Jefe'),
    text('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '3',
    repeat('aa', 20),
    repeat('dd', 50),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    '4',
    hex('0102030405060708090a0b0c0d0e0f10111213141516171819'),
    repeat('cd', 50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    '6',
    repeat('aa', 131),
    text('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
];

describe('HMAC-SHA-256', () => {
  test.each(hmacVectors)('gives the tag of RFC 4231 case %s', (_case, key, data, tag) => {
    expect(toHex(primitives.hmacSha256(key, data))).toBe(tag);
    expect(toHex(primitives.hmacSha256(key, data.subarray(0, 3), data.subarray(3)))).toBe(tag);
    expect(toHex(nobleHmac(nobleSha256, key, data))).toBe(tag);
  });
});

/** RFC 5869 appendix A: input key, salt, info, length, output key. */
const hkdfVectors: [string, Uint8Array, Uint8Array, Uint8Array, number, string][] = [
  [
    'A.1',
    repeat('0b', 22),
    hex('000102030405060708090a0b0c'),
    hex('f0f1f2f3f4f5f6f7f8f9'),
    42,
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  ],
  [
    'A.3',
    repeat('0b', 22),
    new Uint8Array(),
    new Uint8Array(),
    42,
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  ],
];

describe('HKDF-SHA-256', () => {
  test.each(hkdfVectors)('gives the key of RFC 5869 %s', (_case, key, salt, info, length, output) => {
    expect(toHex(primitives.hkdfSha256(key, salt, info, length))).toBe(output);
    expect(toHex(nobleHkdf(nobleSha256, key, salt, info, length))).toBe(output);
  });

  test('with a context is HKDF without salt, the context as info', () => {
    const master = repeat('42', 32);
    const derived = primitives.hkdf(master, 'context');
    expect(derived).toEqual(nobleHkdf(nobleSha256, master, undefined, text('context'), 32));
    expect(derived).not.toEqual(primitives.hkdf(master, 'other context'));
  });
});

describe('XChaCha20-Poly1305', () => {
  /** draft-irtf-cfrg-xchacha-03, A.3.1. */
  const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
  const nonce = hex('404142434445464748494a4b4c4d4e4f5051525354555657');
  const aad = hex('50515253c0c1c2c3c4c5c6c7');
  const plaintext = text(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const ciphertext = hex(
    `bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
     ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
     21f9664c97637da9768812f615c68b13b52e`,
  );
  const tag = hex('c0875924c1c7987947deafd8780acf49');
  const sealed = new Uint8Array([...nonce, ...ciphertext, ...tag]);

  test('seals and opens the vector of the draft', () => {
    expect(primitives.seal(key, aad, plaintext, nonce)).toEqual(sealed);
    expect(reference.sealWithNoble(key, aad, plaintext, nonce)).toEqual(sealed);
    expect(primitives.open(key, aad, sealed)).toEqual(plaintext);
    expect(reference.openWithNoble(key, aad, sealed)).toEqual(plaintext);
  });

  test('has the ChaCha20-Poly1305 of RFC 8439, 2.8.2 inside, by OpenSSL and by noble', () => {
    const innerKey = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
    const innerNonce = hex('070000004041424344454647');
    const wanted = hex(
      `d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b
       1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
       3ff4def08e4b7a9de576d26586cec64b6116
       1ae10b594f09e26a7e902ecbd0600691`,
    );
    const cipher = createCipheriv('chacha20-poly1305', innerKey, innerNonce, { authTagLength: 16 });
    cipher.setAAD(aad, { plaintextLength: plaintext.length });
    const fast = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    expect(new Uint8Array(fast)).toEqual(wanted);
    expect(chacha20poly1305(innerKey, innerNonce, aad).encrypt(plaintext)).toEqual(wanted);
  });

  test('derives the HChaCha20 subkey of the draft, 2.2.1', () => {
    const hchachaKey = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
    expect(toHex(subkey(hchachaKey, hex('000000090000004a0000000031415927')))).toBe(
      '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc',
    );
  });

  test('refuses a key or nonce that is too short', () => {
    expect(() => subkey(primitives.randomBytes(31), primitives.randomBytes(24))).toThrow(RangeError);
    expect(() => subkey(primitives.randomBytes(32), primitives.randomBytes(15))).toThrow(RangeError);
  });

  test('is the same by OpenSSL and by noble for every length around the block sizes', () => {
    for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000, 65_537]) {
      const message = primitives.randomBytes(length);
      const other = primitives.randomBytes(length % 40);
      const fast = primitives.seal(key, other, message, nonce);
      expect(fast).toEqual(reference.sealWithNoble(key, other, message, nonce));
      expect(primitives.open(key, other, fast)).toEqual(message);
      expect(reference.openWithNoble(key, other, fast)).toEqual(message);
    }
  });

  test('works on bytes that lie at an odd offset of a larger buffer', () => {
    const odd = (bytes: Uint8Array): Uint8Array => {
      const larger = new Uint8Array(bytes.length + 3);
      larger.set(bytes, 3);
      return larger.subarray(3);
    };
    expect(primitives.seal(odd(key), odd(aad), odd(plaintext), odd(nonce))).toEqual(sealed);
    expect(primitives.open(odd(key), odd(aad), odd(sealed))).toEqual(plaintext);
  });

  test('takes a fresh nonce each time', () => {
    const sealed = Array.from({ length: 2000 }, () => primitives.seal(key, aad, plaintext));
    const nonces = new Set(
      sealed.map((each) => Buffer.from(each.subarray(0, primitives.nonceBytes)).toString('hex')),
    );
    expect(nonces.size).toBe(sealed.length);
  });

  test('opens nothing when one bit of anything differs', () => {
    const refuse = { code: 'integrity' };
    const thrown = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error;
      }
    };
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(thrown(() => primitives.open(key, aad, flipped))).toMatchObject(refuse);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(thrown(() => primitives.open(key, aad, sealed.subarray(0, length)))).toMatchObject(refuse);
    }
    expect(thrown(() => primitives.open(key, new Uint8Array(), sealed))).toMatchObject(refuse);
    expect(thrown(() => primitives.open(repeat('80', 32), aad, sealed))).toMatchObject(refuse);
  });
});

/** The reference implementation's own tests (phc-winner-argon2, src/test.c): t, log2 m, p, tag. */
const argonVectors: [number, number, number, string][] = [
  [2, 8, 1, '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
  [2, 8, 2, '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
  [2, 16, 1, '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
];

describe('Argon2id', () => {
  test.each(argonVectors)(
    'gives the reference tag for t=%i m=2^%i p=%i',
    async (iterations, log2, parallelism, tag) => {
      const cost = { memoryKiB: 2 ** log2, iterations, parallelism };
      const [passphrase, salt] = [text('password'), text('somesalt')];
      expect(toHex(await primitives.argon2id(passphrase, salt, cost))).toBe(tag);
      if (log2 > 10) return;
      expect(toHex(await reference.argon2idWithNoble(passphrase, salt, cost))).toBe(tag);
    },
  );

  test('of noble gives the tag of RFC 9106 §5.3', () => {
    const tag = nobleArgon2id(repeat('01', 32), repeat('02', 16), {
      t: 3,
      m: 32,
      p: 4,
      key: repeat('03', 8),
      personalization: repeat('04', 12),
    });
    expect(toHex(tag)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });
});

/** RFC 8032 §7.1: secret, public, message, signature. */
const signatureVectors: [string, string, string, string, string][] = [
  [
    'TEST 1',
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    `e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b
     d25bf5f0595bbe24655141438e7a100b`,
  ],
  [
    'TEST 2',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    `92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c
     387b2eaeb4302aeeb00d291612bb0c00`,
  ],
  [
    'TEST 3',
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    `6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659
     4a7c15e9716ed28dc027beceea1ec40a`,
  ],
];

describe('Ed25519', () => {
  test.each(signatureVectors)(
    'signs and verifies RFC 8032 %s',
    (_case, secret, publicKey, message, signature) => {
      expect(toHex(primitives.generateEd25519(hex(secret)).publicKey)).toBe(publicKey);
      expect(primitives.signEd25519(hex(secret), hex(message))).toEqual(hex(signature));
      expect(primitives.verifyEd25519(hex(publicKey), hex(message), hex(signature))).toBe(true);
    },
  );

  test('refuses another key, message or signature, and malformed ones', () => {
    const { privateKey, publicKey } = primitives.generateEd25519();
    const message = text('message');
    const signature = primitives.signEd25519(privateKey, message);
    expect(primitives.verifyEd25519(publicKey, message, signature)).toBe(true);
    expect(primitives.verifyEd25519(publicKey, text('Message'), signature)).toBe(false);
    expect(primitives.verifyEd25519(primitives.generateEd25519().publicKey, message, signature)).toBe(false);
    expect(primitives.verifyEd25519(publicKey, message, signature.with(0, (signature[0] ?? 0) ^ 1))).toBe(
      false,
    );
    expect(primitives.verifyEd25519(repeat('ff', 32), message, signature)).toBe(false);
    expect(primitives.verifyEd25519(publicKey.subarray(1), message, signature)).toBe(false);
    expect(primitives.verifyEd25519(publicKey, message, new Uint8Array())).toBe(false);
  });
});
