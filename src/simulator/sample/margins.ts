/** Objects at the edge of what the bot sees: unshared pages, objects shared without their parents, the trash. */
import type { DataSource, Page, Parent } from '../workspace/state.ts';
import { addSimple } from './databases/odd-databases.ts';
import { paragraph, synced, toggle } from './parts/blocks.ts';
import { emoji } from './parts/icons.ts';
import type { Sample } from './parts/sample.ts';
import { draw, inPage, samplePage, topLevel } from './parts/sample.ts';
import { sampleRow } from './parts/tables.ts';

/** Objects that other pages refer to although the bot may not see them. */
export interface Unshared {
  readonly page: Page;
  readonly source: DataSource;
  readonly syncedOriginalId: string;
}

/** A page nobody shared, with a database and the original of a synced block. */
export function addUnshared(sample: Sample): Unshared {
  const page = samplePage(sample, topLevel, 'Not shared with the bot');
  const syncedOriginalId = sample.nextId('page');
  draw(sample, inPage(page), [synced(syncedOriginalId, [paragraph('Secret words.')])]);
  const source = addSimple(sample, inPage(page), 'Secret database', ['Secret row']);
  return { page, source, syncedOriginalId };
}

/** Objects shared by themselves below parents that are not: a page, one in a toggle, a row, a database, an agent's page. */
export function addOrphans(sample: Sample, unshared: Unshared): Page[] {
  const { shared } = sample.state;
  const orphans: Page[] = [];
  const orphan = (parent: Parent, title: string) => {
    const page = samplePage(sample, parent, title, { icon: emoji('🧭') });
    draw(sample, inPage(page), [paragraph(`I am ${title.toLowerCase()}.`)]);
    orphans.push(page);
  };
  orphan(inPage(unshared.page), 'Orphan of a page');
  draw(sample, inPage(unshared.page), [toggle('Closed', [(place) => orphan(place, 'Orphan of a block')])]);
  const row = sampleRow(sample, unshared.source, { Name: 'Orphan of a database' });
  draw(sample, inPage(row), [paragraph('I am a row without a table.')]);
  orphans.push(row);
  orphan({ type: 'agent_id', id: sample.state.random.uuid() }, 'Orphan of an agent');
  const source = addSimple(sample, inPage(unshared.page), 'Orphaned database', ['Its row']);
  for (const page of orphans) shared.add(page.id);
  shared.add(source.databaseId);
  return orphans;
}

/** Trashed pages, one with pages below it, and a trashed database. */
export function addTrash(sample: Sample, parent: Parent): void {
  const trashed = samplePage(sample, parent, 'In the trash', { inTrash: true });
  draw(sample, inPage(trashed), [paragraph('Not wanted.')]);
  const below = samplePage(sample, inPage(trashed), 'Below the trashed page');
  draw(sample, inPage(below), [paragraph('Gone with its parent.')]);
  addSimple(sample, parent, 'Trashed database', ['Trashed with it'], { inTrash: true });
  samplePage(sample, parent, 'Trashed and empty', { inTrash: true });
}
