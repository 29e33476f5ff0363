import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import { childrenCheck } from '../../../src/simulator/write/check/blocks.ts';
import { Problems } from '../../../src/simulator/write/check/problems.ts';
import { newProperty, propertyChange } from '../../../src/simulator/write/check/property-schemas.ts';
import { checkPropertyValue } from '../../../src/simulator/write/check/property-values.ts';
import type { Desk } from './desk.ts';
import { openDesk } from './desk.ts';
import type { Exchange } from './recordings.ts';
import { hasRecordings, looseExchanges, pairs, recordedFlows } from './recordings.ts';
import { dashed, isUuid, setStage } from './stage.ts';

/** Requests the simulator does not serve, so no flow is judged by them. */
const leftOut = /\/markdown|^async_tasks|^search|\/queries|\/query|^custom_emojis|^users|\/properties\//;

function isJudged(exchange: Exchange): boolean {
  const hasBody = exchange.body !== undefined || exchange.method === 'DELETE' || exchange.method === 'GET';
  return !leftOut.test(exchange.path) && hasBody && exchange.body?.__multipart__ !== true;
}

/** 2026-03-11 renamed one field; older flows are judged in its words. */
function renamed(body: JsonObject | undefined): JsonObject | undefined {
  if (body?.archived === undefined) return body;
  const { archived, ...others } = body;
  return { ...others, in_trash: archived };
}

/** A request or path with the recorded ids replaced by those the simulator gave. */
function translated(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return ids.get(isUuid(value) ? dashed(value) : value) ?? value;
  if (Array.isArray(value)) return value.map((item) => translated(item, ids));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [ids.get(key) ?? key, translated(item, ids)]),
  );
}

/** The members of an answer, those of its first result included. */
function keysOf(answer: JsonObject): string[] {
  const [first] = Array.isArray(answer.results) ? answer.results : [];
  return [...Object.keys(answer), ...Object.keys(isJsonObject(first) ? first : {})]
    .filter((key) => key !== 'developer_survey')
    .sort();
}

interface Outcome {
  readonly exchange: Exchange;
  readonly status: number;
  readonly message: string;
  readonly code: Json | undefined;
  readonly body: JsonObject;
}

async function replay(desk: Desk, exchanges: readonly Exchange[]): Promise<Outcome[]> {
  const ids = new Map<string, string>();
  const outcomes: Outcome[] = [];
  for (const exchange of exchanges) {
    if (!isJudged(exchange)) continue;
    if (exchange.status === 200) setStage(desk.state, { ...exchange, body: renamed(exchange.body) }, ids);
    const path = exchange.path.replace(
      /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/gi,
      (id) => ids.get(dashed(id)) ?? id,
    );
    const body = translated(renamed(exchange.body) ?? {}, ids);
    const reply = await desk.ask(exchange.method, path, exchange.body === undefined ? undefined : body);
    for (const [recorded, simulated] of pairs(exchange.answer, reply.body)) {
      const isPropertyId =
        /^(%[0-9A-F]{2}|[\w~;:<=>?@[\]^`{|}.-]){4,12}$/.test(recorded) && recorded !== simulated;
      if (isUuid(recorded) && isUuid(simulated)) ids.set(dashed(recorded), dashed(simulated));
      else if (isPropertyId && recorded.includes('%')) ids.set(recorded, simulated);
    }
    if (exchange.method !== 'GET')
      outcomes.push({
        exchange,
        status: reply.status,
        message: reply.message,
        code: reply.body.code,
        body: reply.body,
      });
  }
  return outcomes;
}

describe.skipIf(!hasRecordings)('recorded writes', () => {
  it.each(hasRecordings ? recordedFlows() : [])(
    'of $name are taken and refused as they were',
    async ({ exchanges }) => {
      const outcomes = await replay(openDesk(), exchanges);
      for (const { exchange, status, message, code, body } of outcomes) {
        expect(`${exchange.name}: ${status} ${message}`).toBe(
          `${exchange.name}: ${exchange.status} ${exchange.status === 200 ? '' : exchange.answer.message}`,
        );
        expect(code).toBe(exchange.answer.code);
        if (exchange.version === '2026-03-11')
          expect({ name: exchange.name, keys: keysOf(body) }).toEqual({
            name: exchange.name,
            keys: keysOf(exchange.answer),
          });
      }
    },
  );

  it('cover most of what was recorded', () => {
    const writes = recordedFlows()
      .flatMap(({ exchanges }) => exchanges)
      .filter(({ method }) => method !== 'GET');
    const judged = writes.filter(isJudged);
    console.info(
      `${judged.length} of ${writes.length} recorded writes are replayed; left out: markdown, queries, searches, multipart`,
    );
    expect(judged.length).toBeGreaterThan(180);
  });

  it('outside the flows have bodies the checks take, the empty columns of 2026 allowed', () => {
    const refused = looseExchanges()
      .filter(({ isLive, status, version }) => isLive && status === 200 && version >= '2025')
      .flatMap((exchange) => complaints(exchange).map((message) => `${exchange.name}: ${message}`));
    expect(refused).toEqual([]);
  });
});

it.skipIf(hasRecordings)('has no recordings to replay on this machine', () => {
  console.info('shared/notion-recordings is absent: the recorded flows were not replayed');
});

function complaints({ path, method, body }: Exchange): string[] {
  if (body === undefined || path.includes('query') || path === 'search') return [];
  const problems = new Problems();
  if (body.children !== undefined) {
    const holder = path === 'pages' ? 'page' : holderOf(body.children);
    childrenCheck(holder, { allowsEmptyColumns: true })(body.children, 'body.children', problems);
  }
  const source = isJsonObject(body.initial_data_source) ? body.initial_data_source : body;
  if (isJsonObject(source.properties)) {
    for (const [name, value] of Object.entries(source.properties)) {
      if (path.startsWith('pages')) checkPropertyValue(value, name, problems);
      else if (method === 'PATCH') propertyChange(value, name, problems);
      else newProperty(value, name, problems);
    }
  }
  const message = problems.message();
  return message === undefined ? [] : [message];
}

/** The container recorded rows, columns and tab labels were put into. */
function holderOf(children: Json): string {
  const [first] = Array.isArray(children) ? children : [];
  const type = isJsonObject(first) ? first.type : undefined;
  return type === 'column' ? 'column_list' : type === 'table_row' ? 'table' : 'page';
}
