/** Ids of originals and of what stands for them after a restore. */
import { compactId } from '../../document/notion-id.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { readIdMap } from '../../notion/restore/journal/restore-result.ts';

/** Every id stands for itself unless another is known. */
export class SameIds extends Map<string, string> {
  override get(id: string): string {
    return super.get(id) ?? id;
  }

  override has(): boolean {
    return true;
  }
}

/** The pairs of original and copy that the restore's journal knows, added to `ids`. */
export function idsOf(result: RestoreResult, ids: Map<string, string>): Map<string, string> {
  for (const { old, fresh } of readIdMap(result.journalFile)) ids.set(compactId(old), compactId(fresh));
  return ids;
}
