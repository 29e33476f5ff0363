/** The plans of restores that the web view shows: those of `restore --dry-run`, with its defaults. */
import type { NotionConnection } from '../../../notion/api/client.ts';
import { readWorkspace } from '../../../operations/backup/notion-source.ts';
import type { JobContext } from '../../../operations/job-context.ts';
import { planRestoreInPlace } from '../../../operations/restore/restore-in-place.ts';
import { planNotionRestore } from '../../../operations/restore/restore-into-notion.ts';
import type { Planner } from '../../../web/reading/plans.ts';

const asByDefault = { markers: false, comments: true };

/** A planner over an open connection. */
export function plannerOf(job: JobContext, api: NotionConnection): Planner {
  return {
    inPlace: async (place) => {
      const { id: workspace } = await readWorkspace(api);
      return await planRestoreInPlace(job, {
        ...asByDefault,
        api,
        workspace,
        place,
        part: {},
        pruneAdded: false,
      });
    },
    copy: (place, page) =>
      planNotionRestore(job, {
        ...asByDefault,
        api,
        place,
        destination: { type: 'page', id: page },
        verify: 'fast',
      }),
  };
}
