/** Each write is carried out once, whatever the answer looked like. */
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import type { JsonObject } from '../../../../src/document/json.ts';
import { compactId } from '../../../../src/document/notion-id.ts';
import { KlosetError } from '../../../../src/errors.ts';
import type { ApiFailure, NotionApi } from '../../../../src/notion/api/api.ts';
import { Journal } from '../../../../src/notion/restore/journal/journal.ts';
import type { Write } from '../../../../src/notion/restore/journal/journaled-write.ts';
import { Writer } from '../../../../src/notion/restore/journal/journaled-write.ts';

/** Makes one thing per request that is carried out; `answers` says what each request meets. */
function scene(answers: readonly ('ok' | 'lost' | 'named' | 'down' | 'conflict' | 'refused')[]) {
  const made: string[] = [];
  let sent = 0;
  const failure = (status: number, additionalData: JsonObject | null = null): KlosetError => {
    const cause: ApiFailure = {
      type: 'api-failure',
      status,
      code: status === 409 ? 'conflict_error' : 'x',
      message: 'x',
      additionalData,
    };
    return new KlosetError('unavailable', 'x', { cause });
  };
  const api: NotionApi = {
    clock: { now: () => 5, sleep: async () => {} },
    get requestsSpent() {
      return sent;
    },
    sendFilePart: async () => ({}),
    request: async () => {
      const answer = answers[sent] ?? 'ok';
      sent += 1;
      if (answer === 'down') throw failure(503);
      if (answer === 'conflict') throw failure(409);
      if (answer === 'refused') throw failure(400);
      made.push(`id${made.length}`);
      if (answer === 'lost') throw failure(0);
      if (answer === 'named') throw failure(503, { committed_resource_id: made.at(-1) ?? '' });
      return { id: made.at(-1) ?? '' };
    },
  };
  const journal = new Journal(openDatabase(':memory:'));
  const write: Write = {
    key: 'k',
    request: () => ({ method: 'post', path: 'pages', effect: 'write' }),
    keep: (answer) => ({ id: answer.id ?? '' }),
    find: async () => (made.length === 0 ? undefined : { id: made.at(-1) ?? '' }),
    committed: (additional) => ({ id: additional.committed_resource_id ?? '' }),
    created: (kept) => ({ ids: [[compactId('old'), String(kept.id), 'page']] }),
  };
  return { made, journal, writer: new Writer(api, journal, undefined), write, sent: () => sent };
}

describe('a journaled write', () => {
  it.each([
    ['answered', ['ok'], 1],
    ['carried out without an answer', ['lost'], 1],
    ['carried out, named beside a 503', ['named'], 1],
    ['down twice, then answered', ['down', 'down', 'ok'], 3],
    ['in conflict, then answered', ['conflict', 'ok'], 2],
    ['down, then carried out without an answer', ['down', 'lost'], 2],
  ] as const)('makes one thing when it is %s', async (_, answers, requests) => {
    const { made, journal, writer, write, sent } = scene(answers);
    expect(await writer.write(write)).toEqual({ id: 'id0' });
    expect(made).toHaveLength(1);
    expect(sent()).toBe(requests);
    expect(journal.ids.copyOf(compactId('old'))).toBe('id0');
  });

  it('is not sent again once it is known to be done', async () => {
    const { writer, write, sent } = scene(['ok']);
    await writer.write(write);
    await writer.write(write);
    expect(sent()).toBe(1);
  });

  it('is looked for before it is sent again by a later run', async () => {
    const { made, journal, writer, write, sent } = scene(['ok']);
    journal.writes.markSent('k', 1, {});
    made.push('from before');
    expect(await writer.write(write)).toEqual({ id: 'from before' });
    expect(sent()).toBe(0);
  });

  it('leaves no trace when it is refused', async () => {
    const { journal, writer, write } = scene(['refused']);
    await expect(writer.write(write)).rejects.toMatchObject({ code: 'unavailable' });
    expect(journal.writes.get('k')).toBeUndefined();
  });

  it('gives up after eight attempts, and is still looked for by a later run', async () => {
    const { journal, writer, write, sent } = scene(Array.from({ length: 20 }, () => 'down'));
    await expect(writer.write(write)).rejects.toMatchObject({ code: 'unavailable' });
    expect(sent()).toBe(8);
    expect(journal.writes.get('k')?.state).toBe('sent');
  });
});
