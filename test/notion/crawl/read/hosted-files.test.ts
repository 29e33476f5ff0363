import { describe, expect, it } from 'vitest';
import { FileNames, fileName, nameStemOfPath } from '../../../../src/notion/crawl/context/names.ts';
import { findFiles } from '../../../../src/notion/crawl/read/hosted-files.ts';

const hosted = (name: string) => ({
  url: `https://files.example/${name}?X-Amz-Signature=1`,
  expiry_time: '2026-01-01T00:00:00.000Z',
});

describe('finding files in an object', () => {
  it('finds icons, covers, property items, attachments and blocks, with the names beside them', () => {
    const found = findFiles(
      {
        icon: { type: 'file', file: hosted('icon.png') },
        properties: {
          Docs: { type: 'files', files: [{ name: 'Report.pdf', type: 'file', file: hosted('x.pdf') }] },
        },
        type: 'file',
        file: { type: 'file', file: hosted('y.bin'), name: 'y.bin', caption: [] },
        children: [{ type: 'image', image: { type: 'file', file: hosted('of a child.png') } }],
      },
      false,
    );
    expect(found.map(({ identity, name }) => [identity, name])).toEqual([
      ['https://files.example/icon.png', undefined],
      ['https://files.example/x.pdf', 'Report.pdf'],
      ['https://files.example/y.bin', 'y.bin'],
    ]);
  });

  it('finds files elsewhere only when asked, and no links', () => {
    const object = {
      cover: { type: 'external', external: { url: 'https://pictures.example/a.jpg?size=2' } },
      embed: { url: 'https://elsewhere.example/page' },
    };
    expect(findFiles(object, false)).toEqual([]);
    expect(findFiles(object, true).map(({ identity, isExternal }) => [identity, isExternal])).toEqual([
      ['https://pictures.example/a.jpg?size=2', true],
    ]);
  });
});

describe('naming files', () => {
  it('takes the name given, else the last part of the URL, and keeps extensions', () => {
    expect(fileName('party', 'https://x.example/a/emoji.png')).toBe('party.png');
    expect(fileName('Report.pdf', 'https://x.example/a/b.bin')).toBe('Report.pdf');
    expect(fileName(undefined, 'https://x.example/a/sp%20ace.png')).toBe('sp ace.png');
    expect(fileName(' ', 'https://x.example/%E0%A4%A')).toBe('%E0%A4%A');
    expect(fileName(undefined, 'https://x.example/a/')).toMatch(/^[0-9a-f]{12}$/);
  });

  it('gives each file of one page its own name, whatever case a file system ignores', () => {
    const names = new FileNames();
    expect([names.take('a.png'), names.take('A.PNG'), names.take('a.png'), names.take('../../x')]).toEqual([
      'a.png',
      'A~2.PNG',
      'a~3.png',
      expect.not.stringContaining('/'),
    ]);
  });

  it('reads the first part of a directory name back', () => {
    expect(nameStemOfPath('/Home~11111111/To~do~22222222')).toBe('To~do');
    expect(nameStemOfPath('/plain')).toBe('plain');
  });
});
