/** Blocks for tests, and ways to append them. */
import { expect } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Desk, Reply } from './desk.ts';
import { listAt, openDesk, words } from './desk.ts';

/** Appends to the shared page, or to the block with this id. */
export function append(desk: Desk, children: Json, more: JsonObject = {}, id = desk.page.id): Promise<Reply> {
  return desk.ask('PATCH', `blocks/${id}/children`, { children, ...more });
}

/** The message with which an append to an empty page is refused. */
export async function refusal(children: Json[], more: JsonObject = {}): Promise<string> {
  const reply = await append(openDesk(), children, more);
  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('validation_error');
  return reply.message;
}

/** The blocks an append answers with. */
export async function accepted(desk: Desk, children: Json[], id = desk.page.id): Promise<Json[]> {
  const reply = await append(desk, children, {}, id);
  expect(reply.message).toBe('');
  return listAt(reply.body, 'results');
}

export const block = (type: string, payload: JsonObject): JsonObject => ({ type, [type]: payload });
export const text = (type: string, more: JsonObject = {}) => block(type, { rich_text: words('x'), ...more });
