/** A restore cut off at every single request, before it arrives or after it was carried out, and repeated. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import type { ApiRequest, FilePart, NotionApi } from '../../../src/notion/api.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { shapeOf } from './shape.ts';
import type { Workspace } from './workspace.ts';
import { withWorkspace } from './workspace.ts';

/** The API until the request numbered `last` is carried out (or just not); from there on everything fails. */
class CutApi implements NotionApi {
  readonly #api: NotionApi;
  readonly #last: number;
  readonly #arrives: boolean;
  #sent = 0;

  constructor(api: NotionApi, last: number, arrives: boolean) {
    this.#api = api;
    this.#last = last;
    this.#arrives = arrives;
  }

  get requestsSpent(): number {
    return this.#api.requestsSpent;
  }

  get clock() {
    return this.#api.clock;
  }

  request(request: ApiRequest): Promise<JsonObject> {
    return this.#pass(() => this.#api.request(request));
  }

  sendFilePart(id: string, part: FilePart): Promise<JsonObject> {
    return this.#pass(() => this.#api.sendFilePart(id, part));
  }

  async #pass(send: () => Promise<JsonObject>): Promise<JsonObject> {
    this.#sent += 1;
    if (this.#sent > this.#last) throw new Killed();
    if (this.#sent < this.#last) return send();
    if (this.#arrives) await send();
    throw new Killed();
  }
}

/** What a killed process sees of an answer: nothing, ever. It is no API failure, so nothing reads back. */
class Killed extends Error {}

async function requestsOf(workspace: Workspace, run: () => Promise<unknown>): Promise<number> {
  const before = workspace.api.requestsSpent;
  await run();
  return workspace.api.requestsSpent - before;
}

describe('a restore that was interrupted', () => {
  it.each([
    ['before it arrived', false],
    ['after it was carried out', true],
  ])(
    'at any request, %s, ends as if it had not been',
    async (_, arrives) => {
      await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
        const snapshot = await workspace.snapshot();
        const whole = workspace.addTarget();
        const count = await requestsOf(workspace, () => workspace.restore(snapshot, whole));
        const expected = JSON.stringify(shapeOf(workspace, whole));
        for (let last = 1; last <= count; last += 1) {
          const target = workspace.addTarget();
          const cut = workspace.restore(snapshot, target, { api: new CutApi(workspace.api, last, arrives) });
          await expect(cut).rejects.toBeInstanceOf(Killed);
          const result = await workspace.restore(snapshot, target);
          expect(result.errors).toEqual([]);
          expect(result.complete).toBe(true);
          expect(JSON.stringify(shapeOf(workspace, target)), `cut at request ${last}`).toBe(expected);
        }
        expect(workspace.requests().filter(({ status }) => status === 400)).toEqual([]);
      });
    },
    120_000,
  );
});
