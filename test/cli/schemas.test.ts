/** docs/schema says what `--json` prints: the files are those of the code, whole, valid, and in one style. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { App } from '../../src/cli/app/app.ts';
import { createProgress } from '../../src/cli/app/progress.ts';
import { jsonVersion } from '../../src/cli/app/version.ts';
import { pathOf } from '../../src/cli/help/find-command.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Shape } from '../../src/cli/schema/nodes.ts';
import { fileNameOf, outputs, schemaOf } from '../../src/cli/schema/outputs.ts';
import { snakeCased, Verbatim } from '../../src/document/snake-case.ts';
import type { MonitorEvent } from '../../src/monitor.ts';
import { fakeIo } from './fake-io.ts';
import { brokenPromises, problemOf } from './json-outputs.ts';

const folder = new URL('../../docs/schema/', import.meta.url);
const names = Object.keys(outputs);

/** `npm run schemas` writes the files anew. */
if (process.env.KLOSET_SCHEMAS) {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(new URL(fileNameOf(name), folder), textOf(name));
}

function textOf(name: string): string {
  return `${JSON.stringify(schemaOf(name), undefined, 2)}\n`;
}

function leaves(command: Command): Command[] {
  // `repair` acts by itself, and has subcommands.
  const below = command.commands.flatMap(leaves);
  return command.commands.length === 0 || command.name() === 'repair' ? [command, ...below] : below;
}

test('docs/schema has a file for every output, as the code has it, and none besides', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  expect(files.sort()).toEqual(names.map(fileNameOf).sort());
  for (const name of names)
    expect(readFileSync(new URL(fileNameOf(name), folder), 'utf8'), `npm run schemas: ${name}`).toBe(
      textOf(name),
    );
});

test('every command has a schema, and every schema a command', async () => {
  const program = await createProgram(new App(fakeIo({}), undefined), main);
  const commands = program.commands.flatMap(leaves).map(pathOf);
  expect(names.filter((name) => name !== 'error' && name !== 'progress').sort()).toEqual(commands.sort());
});

test.each(names)('the schema of %s is one of draft 2020-12, with its version in its id', (name) => {
  const schema = schemaOf(name);
  expect(() => new Ajv2020({ strict: true }).compile(schema ?? {})).not.toThrow();
  expect(schema?.$id).toBe(`notion-kloset:v${jsonVersion}/${fileNameOf(name)}`);
});

test('every member of every output is in snake_case', () => {
  const members = names.flatMap((name) => membersOf(outputs[name]));
  expect(members.length).toBeGreaterThan(300);
  expect(members.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
});

function membersOf(shape: Shape | undefined): string[] {
  if (shape === undefined) return [];
  const { members = {}, items, named, oneOf = [] } = shape;
  const inner = [...Object.values(members), items, named, ...oneOf];
  return [...Object.keys(members), ...inner.flatMap(membersOf)];
}

test('members get one style, and what came from Notion or from people keeps its names', () => {
  const value = {
    bytesRead: 1,
    'POST /v1/Pages': 2,
    rootID: 'x',
    gone: undefined,
    list: [{ isIt: true }, undefined],
    kept: new Verbatim({ myNotion: { rootID: 'x' }, aB: [{ cD: 1 }] }),
  };
  expect(snakeCased(value)).toEqual({
    bytes_read: 1,
    'POST /v1/Pages': 2,
    rootID: 'x',
    list: [{ is_it: true }, null],
    kept: { myNotion: { rootID: 'x' }, aB: [{ cD: 1 }] },
  });
});

test('a member that no schema names is found, and readers of the published schemas are told nothing of it', () => {
  expect(problemOf('create', { store: '/s', created: true })).toBeUndefined();
  expect(problemOf('create', { store: '/s', created: true, bytesRead: 1 })).toContain(
    'additional properties',
  );
  const published = new Ajv2020().compile(schemaOf('create') ?? {});
  expect(published({ store: '/s', created: true, later_member: 1 })).toBe(true);
  expect(published({ store: '/s' })).toBe(false);
});

async function run(...words: string[]) {
  const io = fakeIo({ HOME: '/nowhere' });
  const code = await main(words, io);
  expect(await brokenPromises(words, { stdout: io.out(), stderr: io.err() })).toEqual([]);
  return { code, out: io.out(), err: io.err() };
}

test('`schema` prints the schema of a command, and names all of them', async () => {
  expect(JSON.parse((await run('schema', 'key', 'list')).out)).toEqual(schemaOf('key list'));
  expect((await run('schema')).out.trim().split('\n')).toEqual(names);
  await run('schema', 'key', 'list', '--json');
  await run('schema', '--json');
  expect((await run('schema', 'nothing', '--json')).code).toBe(66);
});

test.each([
  ['what cannot be parsed', ['ls', '--frobnicate'], 64],
  ['an unknown command', ['frobnicate'], 64],
  ['a wrong value', ['prune', '--keep-last', '0'], 64],
  ['a store that is not there', ['at', '/nowhere/at/all', 'ls'], 66],
] as const)(
  '%s is one object on stdout with --json, and one event on stderr with --progress json',
  async (_, words, code) => {
    const told = await run('--json', '--progress', 'json', ...words);
    expect(told.code).toBe(code);
    const lines = told.err.trim().split('\n');
    const event = JSON.parse(lines.at(-1) ?? '');
    expect(event).toMatchObject({ type: 'error', ...JSON.parse(told.out).error });
    expect((await run('--progress=json', ...words)).err).not.toContain('notion-kloset:');
  },
);

/** One event of each kind. */
const events: { readonly [T in MonitorEvent['type']]: MonitorEvent & { readonly type: T } } = {
  phase: { type: 'phase', phase: 'reading pages', total: 9 },
  progress: { type: 'progress', phase: 'reading pages', done: 1, total: 9, bytes: 100 },
  transfer: {
    type: 'transfer',
    sentBytes: 9000,
    receivedBytes: 100,
    sentPerSecond: 900,
    receivedPerSecond: 10,
  },
  warning: { type: 'warning', message: 'One page could not be read.', path: '/Home' },
  notice: { type: 'notice', message: 'The clock is right again.' },
  wait: { type: 'wait', waitMs: 1000, reason: 'Notion asks for it' },
};

test.each(Object.values(events))('an event of type $type is one line of the schema of progress', (event) => {
  const io = fakeIo({});
  createProgress(io, 'json').report(event);
  expect(problemOf('progress', JSON.parse(io.err()))).toBeUndefined();
});
