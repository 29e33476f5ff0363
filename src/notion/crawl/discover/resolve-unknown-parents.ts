/** Finds out where objects lie whose parents no listing named: blocks to climb, data sources that were only pointed at. */
import { dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { previousOf } from '../state/context.ts';
import {
  forgetSource,
  keepDataSource,
  ownerOf,
  sightDataSource,
  strayReferences,
} from '../state/data-sources.ts';
import { isFatal } from '../state/end-of-run.ts';
import { isTrashed } from '../state/notion-object.ts';
import { parentOf } from '../state/parent.ts';
import { statusOf } from '../state/read-api.ts';
import { sightReference } from '../state/record-discovery.ts';

/** Columns in toggles in columns …: no page nests deeper than this. */
const highestClimb = 50;

/** @returns true when something new came into sight */
export async function settleStrays(run: Run): Promise<boolean> {
  const before = run.objects.countState('wanted', 'ready');
  for (const id of strayReferences(run)) await askForSource(run, id);
  for (const row of blockDwellers(run)) await climb(run, row.id, row.parent_id);
  return run.objects.countState('wanted', 'ready') > before;
}

async function askForSource(run: Run, id: string): Promise<void> {
  try {
    const source = await run.ask.get(`data_sources/${dashedId(id)}`);
    run.state.transaction(() => {
      if (isTrashed(source) && !run.trash.isKept) forgetSource(run, id);
      else {
        keepDataSource(run, source, 'relation');
        sightDataSource(run, source, 'relation');
        const owner = ownerOf(run, id);
        if (owner !== undefined) sightReference(run, owner, 'database', 'relation');
      }
    });
  } catch (error) {
    if (isFatal(error)) throw error;
    // Only pointed at: what is not shared is nobody's error.
    if (statusOf(error) !== 404 && statusOf(error) !== 400) throw error;
    forgetSource(run, id);
  }
}

/** Objects in a block of a page whose walk did not show them. */
function blockDwellers(run: Run): { id: string; parent_id: string }[] {
  return run.state
    .prepare<[], { id: string; parent_id: string }>(
      `SELECT id, parent_id FROM objects
       WHERE parent_type = 'block' AND container IS NULL AND placed IS NULL AND state IN ('done', 'reused')`,
    )
    .all()
    .filter(({ id }) => previousOf(run, id)?.parentId == null);
}

/** Climbs from block to block until a page is found; an empty container stands for one that cannot be found. */
async function climb(run: Run, id: string, block: string): Promise<void> {
  const page = await pageAbove(run, block);
  run.state.transaction(() => {
    run.objects.setContainer(id, page ?? '');
    if (page !== undefined && run.plan.isWhole) sightReference(run, page, 'page', 'parent');
  });
}

async function pageAbove(run: Run, block: string): Promise<string | undefined> {
  let id = block;
  for (let height = 0; height < highestClimb; height += 1) {
    try {
      const parent = parentOf(await run.ask.get(`blocks/${dashedId(id)}`));
      if (parent.type === 'page') return parent.id;
      if (parent.type !== 'block') return undefined;
      id = parent.id;
    } catch (error) {
      if (isFatal(error)) throw error;
      return undefined;
    }
  }
  return undefined;
}
