/** The JSON a state holds, for tests that ask what occurs in it. */
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';

/** Every object anywhere in pages, blocks, databases, data sources and comments. */
export function everyObject(of: State): JsonObject[] {
  return [...contents(of)].flatMap((each) => [...objectsIn(each)]);
}

/** Everything stored as JSON in the workspace, one root each. */
function* contents(of: State): Generator<Json> {
  for (const page of of.pages.values()) yield [page.icon, page.cover, { ...page.values }];
  for (const block of of.blocks.values()) yield { type: block.type, [block.type]: block.payload };
  for (const { title, description, icon, cover } of of.databases.values())
    yield [title, description, icon, cover];
  for (const { title, icon, cover } of of.dataSources.values()) yield [title, icon, cover];
  for (const comment of of.comments.values()) yield [comment.richText, comment.attachments];
}

function* objectsIn(value: Json): Generator<JsonObject> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each);
  if (!isJsonObject(value)) return;
  yield value;
  for (const each of Object.values(value)) yield* objectsIn(each);
}
