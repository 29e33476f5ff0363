import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/document/canonical.ts';
import { phraseSigns, phrases } from '../../../src/store/spelling/phrases.ts';
import { presetDictionary } from '../../../src/store/spelling/preset-dictionary.ts';
import { allSigns } from '../../../src/store/spelling/signs.ts';
import { spell } from '../../../src/store/spelling/spell.ts';
import { unspell } from '../../../src/store/spelling/unspell.ts';
import { bytesOf, randomNumbers } from '../random.ts';

/** What comes back, as text, and how long it was spelled. */
function roundTrip(bytes: Uint8Array): { text: string; spelledBytes: number } {
  const spelled = spell(bytes);
  if (spelled === undefined) throw new Error('it has a sign in it');
  const { text, side } = { text: spelled.text.slice(), side: spelled.side.slice() };
  return {
    text: Buffer.from(unspell({ text, side }, bytes.length)).toString(),
    spelledBytes: text.length + side.length,
  };
}

function expectBack(text: string): void {
  expect(roundTrip(Buffer.from(text)).text).toBe(text);
}

const user = { id: 'e96d1887-af85-4405-adae-7996a198c0cc', object: 'user' };

function block(id: string, words: string): object {
  const annotations = { bold: false, code: false, color: 'default', italic: false };
  return {
    created_by: user,
    created_time: '2025-03-21T21:06:00.000Z',
    has_children: false,
    id,
    last_edited_time: '2025-03-21T21:06:00.000Z',
    object: 'block',
    paragraph: {
      color: 'default',
      rich_text: [{ annotations, plain_text: words, text: { content: words, link: null }, type: 'text' }],
    },
    parent: { page_id: '38c9ce7b-60a4-8056-a1b7-cf948b230f66', type: 'page_id' },
    type: 'paragraph',
  };
}

const document = canonicalBytes({
  blocks: [
    block('38c9ce7b-60a4-8156-a1b7-cf948b230f66', 'Grüße aus 東京, "quoted" \\ and 🚲'),
    block('38c9ce7b-60a4-8157-98a0-0b948b230f66', ''),
    block('1c70caf6-cd7e-4ff5-bf38-44640e5c7471', '},'),
  ],
  page: {
    sha256: 'ab'.repeat(32),
    url: 'https://www.notion.so/A-title-38c9ce7b60a48056a1b7cf948b230f66',
    other: 'https://www.notion.so/A-title-0123456789abcdef0123456789abcdef',
  },
} as never);

describe('spelling', () => {
  it('gives back a document, and takes a fifth of its bytes', () => {
    const { text, spelledBytes } = roundTrip(document);
    expect(text).toBe(Buffer.from(document).toString());
    expect(spelledBytes).toBeLessThan(document.length / 5);
  });

  it('gives back every part that a cut can leave of a document', () => {
    for (let cut = 0; cut <= document.length; cut++) {
      const parts = [document.subarray(0, cut), document.subarray(cut)];
      const back = parts.map((part) => {
        const spelled = spell(part);
        return spelled === undefined ? Buffer.from('lost') : Buffer.from(unspell(spelled, part.length));
      });
      expect(Buffer.concat(back).equals(document)).toBe(true);
    }
  });

  it('gives back what only looks like an id, a time, a digest or a phrase', () => {
    expectBack('"E96D1887-af85-4405-adae-7996a198c0cc"');
    expectBack('"e96d1887-af85-4405-adae-7996a198c0cc');
    expectBack('e96d1887-af85-4405-adae-7996a198c0cc"');
    for (const time of [
      '2025-02-29T00:00',
      '2025-13-01T00:00',
      '2025-01-00T00:00',
      '2025-01-01T24:00',
      '2025-01-01T00:60',
      '1969-12-31T23:59',
      '2025-04-31T00:00',
    ])
      expectBack(`"${time}:00.000Z","${time}:00.001Z"`);
    for (const time of [
      '2024-02-29T23:59',
      '1970-01-01T00:00',
      '9999-12-31T23:59',
      '2000-02-29T00:00',
      '2100-03-01T00:00',
      '2025-01-01T00:00',
    ])
      expectBack(`"${time}:00.000Z" "${time}:00.000Z" "2025-12-31T00:00:00.000Z"`);
    expectBack(`"${'ab'.repeat(31)}ag" "${'AB'.repeat(32)}" "${'0'.repeat(64)}"`);
    expectBack('{\n"id": \n "plain_text": "a",\n "content": "a"\n "content": "a",\n}');
    expectBack('"plain_text": "a"');
    expectBack('\n\n\n   }\n}\n{\n  {\n ]\n     ');
    expectBack(`\n${' '.repeat(255)}x\n${' '.repeat(256)}y\n${' '.repeat(700)}`);
    expectBack('');
  });

  it('gives back more ids than it remembers', () => {
    const random = randomNumbers(5);
    const hex = (length: number) => Array.from({ length }, () => random(16).toString(16)).join('');
    const ids = Array.from({ length: 400 }, () => `"${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}"`);
    expectBack(
      [...ids, ...ids.toReversed(), ...ids.map((id) => `/${id.replaceAll('-', '').slice(1)}`)].join(','),
    );
  });

  it('gives back any mixture of its own pieces', () => {
    const random = randomNumbers(1);
    const pieces = [
      ...phrases,
      '\n',
      ' ',
      '  ',
      '"',
      '{',
      '}',
      '[',
      ']',
      '\\',
      '-',
      '/',
      'é',
      '東',
      '🚲',
      'text',
    ];
    pieces.push(
      '"2025-03-21T21:06:00.000Z"',
      '"2025-03-21T21:07:00.000Z"',
      '"e96d1887-af85-4405-adae-7996a198c0cc"',
    );
    pieces.push(
      '"e96d1887-af85-4405-adae-7996a198c0cd"',
      '-e96d1887af854405adae7996a198c0cc"',
      `"${'0f'.repeat(32)}"`,
    );
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join('');
      expectBack(text);
    }
  });

  it('leaves alone what has a byte that is a sign', () => {
    for (const sign of allSigns) expect(spell(Uint8Array.of(0x61, sign, 0x62))).toBeUndefined();
    expect(spell(bytesOf(1, 500))).toBeUndefined();
    expect(new Set(allSigns).size).toBe(allSigns.length);
  });

  it('refuses parts that it did not write, whatever they are, and never gives more than was asked for', () => {
    const random = randomNumbers(2);
    let refused = 0;
    for (let round = 0; round < 3_000; round++) {
      const text = bytesOf(round, random(40)).map((byte) => (byte < 200 ? byte % 0x30 : byte));
      try {
        expect(unspell({ text, side: bytesOf(round + 1, random(80)) }, 100).length).toBeLessThanOrEqual(100);
      } catch (error) {
        expect(error).toMatchObject({ message: expect.stringMatching(/^(it|a|an|something) /) });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  it('refuses a text without its side, with more on the side, or longer than declared', () => {
    const spelled = spell(document);
    if (spelled === undefined) throw new Error('not spelled');
    const [text, side] = [spelled.text.slice(), spelled.side.slice()];
    expect(() => unspell({ text, side: side.subarray(1) }, document.length)).toThrow();
    expect(() => unspell({ text, side: Buffer.concat([side, Uint8Array.of(0)]) }, document.length)).toThrow();
    expect(() => unspell({ text, side }, document.length - 1)).toThrow();
  });
});

it('phrases, signs, preset dictionary and the spelling of a document never change: stores rest on them', () => {
  const digest = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const spelled = spell(document);
  expect({
    phrases: digest(phrases.join('|')),
    signs: digest(Uint8Array.from([...phraseSigns, 0, ...allSigns])),
    dictionary: digest(presetDictionary),
    text: digest(spelled?.text ?? ''),
    side: digest(spelled?.side ?? ''),
  }).toMatchInlineSnapshot(`
    {
      "dictionary": "caa989fd97b37c6fb5ae07257a834c457343c2dae94fcaa0b8ab16ac4707bc13",
      "phrases": "0a02cc6755cc1fb56186c8f4448610cbac5e8ce03fcdad59571261d75350a9d9",
      "side": "350a277236696db981383ffcaf89cfc3cdefc0f4e0d9b02c107a1945b634f493",
      "signs": "f11b630afa1c4d9becdea41027beb0bdc6e664b854de4349871a9c9ff1566605",
      "text": "d5eb2b32bc2d9d506cf77880e824d3997d9b54356c0bc36c7865a9938782e755",
    }
  `);
});
