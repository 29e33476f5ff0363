/** The modules that a command loads before it does anything: most of the time of a short one. */
import { dirname, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { App } from '../../src/cli/app/app.ts';
import { subjectsOf } from '../../src/cli/commands.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { fakeIo } from '../cli/fake-io.ts';
import type { SourceTree } from './source-tree.ts';
import { readSourceTree } from './source-tree.ts';

const tree = readSourceTree(resolve(import.meta.dirname, '../../src'));

/** Imports that are loaded with the file: neither types nor `import(…)`. */
const loading = /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'/gm;

/** Files of ours and packages that `files` load at once. */
function loadedBy(files: readonly string[], source: SourceTree = tree): Set<string> {
  const found = new Set(files);
  for (const file of found) {
    for (const match of (source.get(file) ?? '').matchAll(loading)) {
      const to = match[1] ?? '';
      found.add(to.startsWith('.') ? posix.join(dirname(file), to) : to);
    }
  }
  return found;
}

/** Commands that speak of every command, and are there whichever is asked for. */
const always = ['completion', 'manual', 'schema', 'help', 'version'];

/** Short commands, each with what it loads in any case, now or later. */
const look: readonly (readonly [name: string, ...files: string[]])[] = [
  ['ls', 'cli/commands/look/ls.ts', 'cli/commands/look/ls-snapshots.ts'],
  ['ls SNAPSHOT', 'cli/commands/look/ls.ts', 'cli/commands/look/ls-contents.ts'],
  ['cat', 'cli/commands/look/cat.ts'],
  ['status', 'cli/commands/verify/status.ts'],
];

describe('start-up', () => {
  it.each(look)(
    'of %s loads nothing of Notion, the simulator, renderings, writing or maintenance',
    (_name, ...files) => {
      const loaded = [...loadedBy(['cli/main.ts', ...files])];
      const heavy =
        /^(?:notion|simulator|document\/render\/(?:html|markdown|csv|database|math)|store\/(?:maintenance|replicas|check)|store\/packs\/pack-writer|store\/snapshots\/snapshot-writer|operations\/(?:backup|restore)\/|@notionhq|@noble\/hashes|katex|lowlight|mdast|hast|yaml|ora$|fastcdc)/;
      expect(loaded.filter((each) => heavy.test(each))).toEqual([]);
      expect(loaded).toContain('store/open-store.ts');
      expect(loaded.filter((each) => each.endsWith('.ts')).length).toBeLessThan(172);
    },
  );

  it('of the program itself loads no command', () => {
    expect([...loadedBy(['cli/main.ts'])].filter((each) => each.startsWith('cli/commands/'))).toEqual([]);
  });

  it('follows what a file loads, and neither types nor what is loaded later', () => {
    const source = new Map([
      [
        'a.ts',
        "import type { X } from './x.ts';\nimport { b } from './below/b.ts';\nawait import('./later.ts');",
      ],
      ['below/b.ts', "export {\n  c,\n} from '../c.ts';\nimport commander from 'commander';"],
    ]);
    expect([...loadedBy(['a.ts'], source)].sort()).toEqual(['a.ts', 'below/b.ts', 'c.ts', 'commander']);
  });

  it.each(['version', 'schema'])('of %s loads no other command', async (name) => {
    const program = await createProgram(new App(fakeIo({}), undefined), main, name);
    expect(program.commands.map((each) => each.name()).sort()).toEqual([...always].sort());
  });

  it('finds each command in the module that registers it', async () => {
    for (const { modules } of subjectsOf(main)) {
      for (const { names } of modules) {
        for (const name of names) {
          const program = await createProgram(new App(fakeIo({}), undefined), main, name);
          const registered = program.commands.flatMap((each) => [each.name(), ...each.aliases()]);
          expect(registered.sort()).toEqual([...names, ...always].sort());
        }
      }
    }
  });
});
