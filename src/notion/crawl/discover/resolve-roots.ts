/** The roots a person named: pages, databases or data sources, whichever the id turns out to be. */
import type { JsonObject } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { sightDataSource } from '../state/data-sources.ts';
import { isTrashed } from '../state/notion-object.ts';
import { databaseOf } from '../state/parent.ts';
import { isRefusal } from '../state/read-api.ts';
import { sightDatabase, sightPage } from '../state/record-discovery.ts';
import { sightWholeDatabase } from './discover-search.ts';

/** Sights every root. Which of them cannot be read turns out when they are read. */
export async function resolveRoots(run: Run): Promise<void> {
  for (const root of run.options.roots) await resolveRoot(run, compactId(root));
}

async function resolveRoot(run: Run, id: string): Promise<void> {
  const page = await ask(run, `pages/${dashedId(id)}`);
  const taken = run.ask.now();
  if (page !== undefined) {
    keepTrashed(run, page);
    return run.state.transaction(() => sightPage(run, page, 'root', taken, true));
  }
  const database = await ask(run, `databases/${dashedId(id)}`);
  if (database !== undefined) {
    keepTrashed(run, database);
    return run.state.transaction(() => sightWholeDatabase(run, database, 'root', taken));
  }
  const source = await ask(run, `data_sources/${dashedId(id)}`);
  run.state.transaction(() => {
    // A data source stands for its database. Where nothing answers, the rows of an old server's database still may.
    sightDatabase(run, (source === undefined ? undefined : databaseOf(source)) ?? id, 'root');
    if (source !== undefined) sightDataSource(run, source, 'root');
  });
}

async function ask(run: Run, path: string): Promise<JsonObject | undefined> {
  try {
    return await run.ask.get(path);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Who names a root by its id means it, also when it lies in the trash with all below it. */
function keepTrashed(run: Run, root: JsonObject): void {
  if (!isTrashed(root)) return;
  run.trash.isKept = true;
  run.options.monitor.report({ type: 'warning', message: `The root ${String(root.id)} is in the trash.` });
}
