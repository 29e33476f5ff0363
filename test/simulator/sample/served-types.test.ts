import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject, objectAt } from '../../../src/simulator/workspace/json.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import type { Walked } from './walk.ts';
import { walk } from './walk.ts';

const repository = new URL('../../..', import.meta.url).pathname;
const sdk = join(repository, 'node_modules/@notionhq/client/build/src/api-endpoints.js');
const compiler = join(repository, 'node_modules/typescript/bin/tsc');

/** Complaints of the compiler about the served objects when each is written down as the type the SDK gives it. */
function complaints(declarations: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-types-'));
  try {
    const file = join(folder, 'served.ts');
    writeFileSync(file, [`import type * as api from '${sdk}';`, ...declarations].join('\n'));
    const flags =
      '--ignoreConfig --noEmit --strict --module nodenext --skipLibCheck --target es2023 --lib es2023,dom';
    const run = spawnSync(process.execPath, [compiler, ...flags.split(' '), file], { encoding: 'utf8' });
    return run.stdout.split('\n').filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function served(state: State): Promise<string[]> {
  const simulator = await startSimulator({ state });
  try {
    return declarations(await walk(simulator));
  } finally {
    await simulator.close();
  }
}

function declarations(walked: Walked): string[] {
  const types: readonly [string, Iterable<JsonObject>][] = [
    ['PageObjectResponse', walked.pages.values()],
    ['BlockObjectResponse', walked.blocks.values()],
    ['DatabaseObjectResponse', walked.databases.values()],
    ['DataSourceObjectResponse', walked.dataSources.values()],
    ['DataSourceViewObjectResponse', walked.views.values()],
    ['CommentObjectResponse', walked.comments.values()],
    ['UserObjectResponse', walked.users.values()],
  ];
  return types.flatMap(([type, objects]) =>
    [...distinct(objects)].map((object) => declaration(type, object)),
  );
}

let names = 0;
function declaration(type: string, object: JsonObject): string {
  names += 1;
  return `export const object${names}: api.${type} = ${JSON.stringify(asTheSdkHasIt(object))};`;
}

/** Objects of the same shape need compiling once. */
function* distinct(objects: Iterable<JsonObject>): Generator<JsonObject> {
  const seen = new Set<string>();
  for (const object of objects) {
    const shape = `${object.type} ${shapeOf(object)}`;
    if (!seen.has(shape)) yield object;
    seen.add(shape);
  }
}

function shapeOf(value: Json): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join()}]`;
  if (!isJsonObject(value)) return value === null ? 'null' : typeof value;
  return `{${Object.keys(value)
    .sort()
    .map((name) => `${name}:${shapeOf(value[name] ?? null)}`)}}`;
}

/** Types of schemas and values that real answers have and the SDK's types lack. */
const unknownToSdk = new Set(['location', 'last_visited_time']);
const unknownInSchemas = new Set([...unknownToSdk, 'verification', 'place', 'button']);

/** The object without the differences between the SDK's types and what recorded answers show. */
function asTheSdkHasIt(object: JsonObject): JsonObject {
  const { request_id: _, ...kept } = structuredClone(object);
  // Still required by the types, and gone from answers of version 2026-03-11.
  if (kept.in_trash !== undefined) kept.archived = kept.in_trash;
  // Typed as records of nothing.
  if (kept.object === 'view' && kept.quick_filters !== null) kept.quick_filters = {};
  // Recorded as `{}`, too.
  if (kept.type === 'unsupported') kept.unsupported = { block_type: 'any', ...objectAt(kept, 'unsupported') };
  if (kept.properties !== undefined) {
    kept.properties = properties(
      objectAt(kept, 'properties'),
      kept.object === 'page' ? unknownToSdk : unknownInSchemas,
    );
  }
  return kept;
}

function properties(all: JsonObject, unknown: ReadonlySet<Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, property] of Object.entries(all)) {
    if (!isJsonObject(property) || unknown.has(property.type)) continue;
    // Real relations say whether there is more; and `constructor` means something to the compiler.
    const { has_more: _, ...rest } = property;
    kept[`_${name}`] = rest;
  }
  return kept;
}

test('everything the sample workspace serves fits the types of the official SDK', async () => {
  const all = await served(sampleWorkspace());
  expect(all.length).toBeGreaterThan(100);
  expect(complaints(all)).toEqual([]);
});

test('everything a generated workspace serves fits the types of the official SDK', async () => {
  const all = await served(
    generateWorkspace({
      seed: 5,
      pages: 40,
      databases: 3,
      rowsPerDatabase: 10,
      containersPerPage: 8,
      comments: 10,
      media: 5,
    }),
  );
  expect(all.length).toBeGreaterThan(40);
  expect(complaints(all)).toEqual([]);
});

test('an object that does not fit is noticed', () => {
  const user = { object: 'user', id: 'u', name: null, avatar_url: null, type: 'person', person: {} };
  const right = declaration('UserObjectResponse', user);
  const wrong = declaration('UserObjectResponse', { ...user, person: { mail: 'a@example.com' } });
  expect(complaints([right, wrong])).toEqual([expect.stringContaining('"mail"')]);
});
