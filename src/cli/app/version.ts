/** Name and version of this program. */
import { readFileSync } from 'node:fs';
import { isObject, stringAt } from '../../document/json.ts';
import { packageFile } from '../../own-files.ts';

/** Version of everything that is printed as JSON; see docs/schema. Raised when a member is renamed, removed or means something else. */
export const jsonVersion = 1;

/** Version, from the package this file belongs to. */
export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  return (isObject(manifest) ? stringAt(manifest, 'version') : undefined) ?? '0';
}

/** `notion-kloset 1.2.3`, as snapshots record it. */
export function toolName(): string {
  return `notion-kloset ${toolVersion()}`;
}
