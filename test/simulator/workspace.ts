/** A small workspace and a client without manners, for the simulator's own tests. */

import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Json, JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../src/simulator/workspace/json.ts';
import type { DataSource, Page, State } from '../../src/simulator/workspace/state.ts';
import {
  addBlock,
  addDatabase,
  addDataSource,
  addPage,
  createState,
  richText,
} from '../../src/simulator/workspace/state.ts';

export const someTime = Date.UTC(2026, 4, 20, 8, 30, 12, 345);

export interface SmallWorkspace {
  readonly state: State;
  readonly home: Page;
  readonly source: DataSource;
  readonly rows: readonly Page[];
}

/** One shared page with a paragraph, a child page and a database of five rows. */
export function smallWorkspace(): SmallWorkspace {
  const state = createState();
  const stamp = { createdTime: someTime, editedTime: someTime };
  const home = addPage(state, {
    parent: { type: 'workspace', id: '' },
    values: { title: richText('Home') },
    ...stamp,
  });
  state.shared.add(home.id);
  const inHome = { parent: { type: 'page_id', id: home.id }, ...stamp } as const;
  addBlock(state, { ...inHome, type: 'paragraph', payload: { rich_text: richText('Hello') } });
  addPage(state, { ...inHome, values: { title: richText('Child') } });
  const database = addDatabase(state, { ...inHome, title: richText('Tasks') });
  const source = addDataSource(state, {
    databaseId: database.id,
    title: richText('Tasks'),
    ...stamp,
    schema: [
      { id: 'title', name: 'Name', description: null, type: 'title', config: {} },
      { id: 'n:um', name: 'Points', description: null, type: 'number', config: { format: 'number' } },
    ],
  });
  const rows = [0, 1, 2, 3, 4].map((number) =>
    addPage(state, {
      parent: { type: 'data_source_id', id: source.id },
      values: { title: richText(`Row ${number}`), 'n:um': number },
      createdTime: someTime + number * 60_000,
    }),
  );
  return { state, home, source, rows };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** Sends one request as it is told, right or wrong. */
export type Send = (
  method: string,
  path: string,
  body?: Json,
  headers?: { readonly [name: string]: string },
) => Promise<Reply>;

/** A client of `simulator` that speaks the current version. */
export function clientOf(simulator: Simulator): Send {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${simulator.url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${simulator.token}`,
        'notion-version': '2026-03-11',
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : { text };
    return { status: response.status, headers: response.headers, body: isJsonObject(parsed) ? parsed : {} };
  };
}

/** Runs `work` against a simulator and closes it, whatever happens; fails when the simulator had bugs. */
export async function withSimulator<T>(
  options: SimulatorOptions,
  work: (simulator: Simulator, send: Send) => Promise<T>,
): Promise<T> {
  const simulator = await startSimulator(options);
  try {
    const result = await work(simulator, clientOf(simulator));
    if (simulator.bugs.length > 0) throw simulator.bugs[0];
    return result;
  } finally {
    await simulator.close();
  }
}

/** All results of a listing, its pages followed to the end. */
export async function everything(
  send: Send,
  method: string,
  path: string,
  body: JsonObject = {},
): Promise<JsonObject[]> {
  const results: JsonObject[] = [];
  for (let cursor: Json | undefined; cursor !== null; ) {
    const joint = path.includes('?') ? '&' : '?';
    const get = typeof cursor === 'string' ? `${path}${joint}start_cursor=${cursor}` : path;
    const reply =
      method === 'GET'
        ? await send(method, get)
        : await send(method, path, typeof cursor === 'string' ? { ...body, start_cursor: cursor } : body);
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    results.push(...arrayOf(reply.body.results));
    cursor = reply.body.next_cursor ?? null;
  }
  return results;
}

export function arrayOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
