/** The documents of a restored folder, as the comparison with a recording wants them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const names = new Set(['page.json', 'database.json', 'workspace.json']);

/** Every `page.json`, `database.json` and `workspace.json` at or below `folder`, parsed. */
export function documentsIn(folder: string): unknown[] {
  const found: unknown[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !names.has(entry.name)) continue;
    const parsed: unknown = JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    found.push(parsed);
  }
  return found;
}
