/** Restores cut off at a request, as kill -9 does: nothing after it is sent, and no answer is seen. */
import { expect } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import type { ApiRequest, FilePart, NotionApi } from '../../../src/notion/api/api.ts';
import type { SimulatorOptions } from '../../../src/simulator/server.ts';
import { shapeOf } from './shape.ts';
import { withWorkspace } from './workspace.ts';

/** The API until the request numbered `last` is carried out (or just not); from there on everything fails. */
export class CutApi implements NotionApi {
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
export class Killed extends Error {}

/**
 * Cuts a restore off at one request after the other, `step` apart, each time on a target of its own, repeats it, and
 * expects the copy an undisturbed restore makes. `arrives`: whether the request is carried out before the end.
 */
export async function cutEverywhere(
  options: SimulatorOptions,
  { arrives, step, first = 1 }: { readonly arrives: boolean; readonly step: number; readonly first?: number },
): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const snapshot = await workspace.snapshot();
    const whole = workspace.addTarget();
    const before = workspace.api.requestsSpent;
    await workspace.restore(snapshot, whole);
    const count = workspace.api.requestsSpent - before;
    const expected = JSON.stringify(shapeOf(workspace, whole));
    for (let last = first; last <= count; last += step) {
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
}
