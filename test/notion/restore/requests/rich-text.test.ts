import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { boundedRuns, writableRuns } from '../../../../src/notion/restore/requests/rich-text.ts';
import { id, knownTarget, run } from '../known-target.ts';

const mention = (
  type: string,
  payload: JsonObject,
  plain: string,
  href: string | null = null,
): JsonObject => ({
  type: 'mention',
  mention: { type, [type]: payload },
  plain_text: plain,
  href,
  annotations: { bold: true, color: 'default' },
});

describe('rich text for requests', () => {
  it('leaves out annotations at their default and keeps the others', () => {
    const given = [run('a'), run('b', { annotations: { bold: true, code: true, color: 'red_background' } })];
    expect(writableRuns(given, 'x', knownTarget())).toEqual([
      { type: 'text', text: { content: 'a' } },
      {
        type: 'text',
        text: { content: 'b' },
        annotations: { bold: true, code: true, color: 'red_background' },
      },
    ]);
  });

  it('cuts runs at 2,000 characters and never through one', () => {
    const text = `${'x'.repeat(1_999)}${'𝄞'.repeat(1_500)}`;
    const written = writableRuns([run(text)], 'x', knownTarget());
    const contents = written.map((item) => JSON.parse(JSON.stringify(item)).text.content as string);
    expect(contents.join('')).toBe(text);
    for (const content of contents) {
      expect(content.length).toBeLessThanOrEqual(2_000);
      expect(content.isWellFormed()).toBe(true);
    }
  });

  it('joins runs of one style when there are more than 100', () => {
    const written = writableRuns(
      Array.from({ length: 250 }, () => run('ab')),
      'x',
      knownTarget(),
    );
    expect(written).toEqual([{ type: 'text', text: { content: 'ab'.repeat(250) } }]);
  });

  it('keeps 100 runs where no more fit, with the words of the others in the last', () => {
    const target = knownTarget();
    const given = Array.from({ length: 130 }, (_, index) =>
      run(`${index} `, { annotations: { bold: index % 2 === 0 } }),
    );
    const written = boundedRuns(given, 'x', target);
    expect(written).toHaveLength(100);
    expect(JSON.stringify(written.at(-1))).toContain('99 100 101');
    expect(target.notes.map(({ outcome }) => outcome)).toEqual(['approximated']);
  });

  it('leads links between pages to the copies, whatever their form, and leaves others alone', () => {
    const target = knownTarget({ objects: { [id('a')]: '11111111-1111-4111-8111-111111111111' } });
    const links = [
      `/${id('a')}`,
      `https://www.notion.so/Title-${id('a')}?v=1`,
      'https://example.com/a',
      `/${id('b')}`,
    ];
    const written = links.map((link) => JSON.stringify(writableRuns([run('x', { link })], 'x', target)));
    expect(written[0]).toContain('https://www.notion.so/11111111111141118111111111111111');
    expect(written[1]).toContain('https://www.notion.so/11111111111141118111111111111111');
    expect(written[2]).toContain('https://example.com/a');
    expect(written[3]).toContain(`https://www.notion.so/${id('b')}`);
  });

  it('drops a link the API refuses, keeps its words, and says so', () => {
    const target = knownTarget();
    expect(writableRuns([run('x', { link: 'javascript:alert(1)' })], 'x', target)).toEqual([
      { type: 'text', text: { content: 'x' } },
    ]);
    expect(target.notes).toHaveLength(1);
  });

  it('writes mentions of what the target has, and the others as text or links', () => {
    const target = knownTarget({ objects: { [id('a')]: 'new-a' }, people: ['u1'], emojis: ['e1'] });
    const given = [
      mention('user', { id: 'u1' }, '@Ada'),
      mention('user', { id: 'u2' }, '@Bot'),
      mention('page', { id: id('a') }, 'A'),
      mention('database', { id: id('b') }, 'B'),
      mention('date', { start: '2026-01-01', end: null, time_zone: null }, '2026-01-01'),
      mention('link_preview', { url: 'https://example.com/p' }, 'https://example.com/p'),
      mention('link_mention', { href: 'https://example.com/m', title: 'M' }, 'M'),
      mention('custom_emoji', { id: 'e1', name: 'one' }, ':one:'),
      mention('custom_emoji', { id: 'e2', name: 'two' }, ':two:'),
      mention(
        'template_mention',
        { type: 'template_mention_date', template_mention_date: 'today' },
        '@Today',
      ),
    ];
    const written = writableRuns(given, 'x', target);
    expect(written.map((item) => item.type)).toEqual([
      'mention',
      'text',
      'mention',
      'text',
      'mention',
      'text',
      'text',
      'mention',
      'text',
      'mention',
    ]);
    expect(written.every((item) => JSON.stringify(item.annotations) === '{"bold":true}')).toBe(true);
    expect(target.notes.map(({ kind }) => kind)).toEqual([
      'mention user',
      'mention database',
      'mention link_preview',
      'mention link_mention',
      'mention custom_emoji',
    ]);
  });

  it('writes an equation too long for one as code', () => {
    const target = knownTarget();
    const written = writableRuns(
      [{ type: 'equation', equation: { expression: 'x'.repeat(1_001) } }],
      'x',
      target,
    );
    expect(written).toEqual([
      { type: 'text', text: { content: 'x'.repeat(1_001) }, annotations: { code: true } },
    ]);
  });
});
