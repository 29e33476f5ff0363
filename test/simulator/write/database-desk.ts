/** Databases for tests of schemas and values. */
import { expect } from 'vitest';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { objectAt } from '../../../src/simulator/workspace/json.ts';
import type { Desk } from './desk.ts';
import { openDesk, textAt, words } from './desk.ts';

/** A database and its first data source. */
export interface Made {
  readonly id: string;
  readonly source: string;
}

/** Makes a database with a Name and the given properties. */
export async function database(desk: Desk, properties: JsonObject, title = 'X'): Promise<Made> {
  const made = await desk.post('databases', {
    parent: { page_id: desk.page.id },
    title: words(title),
    initial_data_source: { properties: { Name: { title: {} }, ...properties } },
  });
  return { id: textAt(made, 'id'), source: textAt(made, 'data_sources', 0, 'id') };
}

/** Tries to make a database with these properties and no others. */
export async function creation(properties: JsonObject): Promise<{ status: number; message: string }> {
  const desk = openDesk();
  return desk.ask('POST', 'databases', {
    parent: { page_id: desk.page.id },
    initial_data_source: { properties },
  });
}

export async function change(desk: Desk, source: string, properties: JsonObject): Promise<JsonObject> {
  return desk.patch(`data_sources/${source}`, { properties });
}

/** Changes a schema, and expects to be refused. */
export async function refusal(desk: Desk, source: string, properties: JsonObject): Promise<string> {
  const reply = await desk.ask('PATCH', `data_sources/${source}`, { properties });
  expect(reply.status).toBe(400);
  return reply.message;
}

export const row = (desk: Desk, source: string, properties: JsonObject) =>
  desk.post('pages', { parent: { data_source_id: source }, properties });

export const names = (source: JsonObject) => Object.keys(objectAt(source, 'properties')).sort();
