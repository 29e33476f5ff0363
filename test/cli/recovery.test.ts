/** The first part of docs/recovery.md, word for word: its commands are copied from the page and run against a wiped workspace. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Page, World } from '../truth/world.ts';
import { addHome, newWorld, optionOf, optionsOf, propertyOf, runs, textOf } from '../truth/world.ts';
import { InProcessMachine } from './in-process-machine.ts';

test('ten steps from a trashed top page to a workspace that is verified whole, as the page says', async () => {
  const world = await newWorld({}, new InProcessMachine());
  try {
    const wiped = await wipedWorkspace(world);
    const placeholders: { [name: string]: string } = {
      // Between the good backup and the one that was taken after the damage.
      WIPED_AT: wiped.time,
      SNAPSHOT: 'unknown',
      PAGE: 'Plans',
    };
    const outputs: string[] = [];
    for (const line of commandsOfThePage()) {
      const command = line.replaceAll(/\b[A-Z]+(_[A-Z]+)?\b/g, (word) => placeholders[word] ?? word);
      const done = await world.run(wordsOf(command));
      expect([command, done.code], done.said).toEqual([command, 0]);
      if (line.includes('info before:')) {
        placeholders.SNAPSHOT = /\b[0-9a-f]{8,64}\b/.exec(done.said)?.[0] ?? 'none';
        expect(wiped.good).toContain(placeholders.SNAPSHOT);
      }
      if (line.includes('SNAPSHOT:PAGE')) wiped.expectPlansBack();
      outputs.push(`${line}\n${done.said}`);
    }
    wiped.expectAllBack();
    const verified = outputs.find((output) => output.includes('--verify full')) ?? '';
    expect(verified).toContain('all that the API can write');
    expect(verified).not.toMatch(/[1-9]\d* (lost|extra|unknown)/);
  } finally {
    await world.close();
  }
});

test('the page has ten steps, and a command for each but the first', () => {
  const text = firstPart();
  expect(text.match(/^\*\*\d+\. /gm)).toHaveLength(10);
  expect(commandsOfThePage().length).toBeGreaterThanOrEqual(9);
});

/** Lines of the fenced blocks of the page's first part. */
function commandsOfThePage(): string[] {
  return [...firstPart().matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line !== ''),
  );
}

function firstPart(): string {
  const text = readFileSync(new URL('../../docs/recovery.md', import.meta.url), 'utf8');
  const [, part = ''] = /^## My workspace was wiped an hour ago\n([\s\S]*?)\n# /m.exec(text) ?? [];
  return part;
}

/** A workspace that was backed up, wiped, and backed up again. */
async function wipedWorkspace(world: World) {
  addHome(world.state, 'Second top');
  const plans = world.page('Plans');
  world.write(plans, 'first plan', 'second plan');
  const notes = world.below(plans, 'Notes');
  world.write(notes, 'a note');
  const tasks = world.table('Tasks', {
    Count: { type: 'number', config: { format: 'number' } },
    Kind: { type: 'select', config: optionsOf(world.state, 'Chore', 'Errand') },
  });
  const rows = [1, 2, 3].map((count) =>
    world.row(tasks, `Task ${count}`, { Count: count, Kind: optionOf(tasks, 'Kind', 'Chore') }),
  );
  world.comment(plans, 'good plan');
  const good = await world.backup();
  const time = new Date().toISOString();

  const [first, second] = plans.children.flatMap((id) => world.state.blocks.get(id) ?? []);
  if (first === undefined || second === undefined) throw new Error('no blocks');
  world.reword(first, 'HACKED');
  world.trash(second);
  world.retitle(plans, 'HACKED');
  const count = propertyOf(tasks.source, 'Count');
  for (const row of rows) row.values = { title: runs('HACKED') };
  count.name = 'HACKED';
  world.edited(tasks.source, ...rows);
  world.trash(...rows.slice(0, 2), notes, plans, tasks.database, world.home);
  await world.backup([], 3);

  const expectPageBack = (page: Page, title: string) => {
    expect([title, world.isTrashed(page)]).toEqual([title, false]);
    expect(textOf(page.values.title)).toBe(title);
  };
  const expectPlansBack = () => {
    expectPageBack(plans, 'Plans');
    expect(world.texts(plans)).toEqual(['first plan', 'second plan']);
  };
  return {
    good,
    time,
    expectPlansBack,
    expectAllBack: () => {
      expectPlansBack();
      expectPageBack(world.home, 'Home');
      expectPageBack(notes, 'Notes');
      expect(world.texts(notes)).toEqual(['a note']);
      for (const [index, row] of rows.entries()) {
        expectPageBack(row, `Task ${index + 1}`);
        expect(row.values[count.id]).toBe(index + 1);
      }
      expect(propertyOf(tasks.source, 'Count').id).toBe(count.id);
    },
  };
}

/** The words of a line after the program's name, as a shell divides them. */
function wordsOf(line: string): string[] {
  const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  expect(program).toBe('notion-kloset');
  return words;
}
