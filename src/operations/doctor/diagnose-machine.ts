/** Looks at this machine: its Node and SQLite, its identity, the space for its caches. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteVersion } from '../../database.ts';
import { findIdentity, fingerprint, identityName } from '../../store/access/identity.ts';
import type { JobContext } from '../job-context.ts';
import { freeSpaceOf } from './disk-space.ts';
import type { Finding } from './finding.ts';
import { findingsOf, ok, warning } from './finding.ts';

/** The oldest Node that the program runs on. */
const minNode = [20, 19] as const;

/** Nothing is created: a machine without an identity gets one with its first backup. */
export async function diagnoseMachine(job: JobContext): Promise<Finding[]> {
  return [
    nodeFinding(process.versions.node),
    ...(await findingsOf('sqlite', async () => [ok('sqlite', `SQLite ${sqliteVersion()}`)])),
    ...(await findingsOf('identity', () => identityFindings(job))),
    ...freeSpaceOf('cache', job.cacheFolder, 'caches'),
  ];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < minNode[0] || (major === minNode[0] && minor < minNode[1]);
  if (!isOld) return ok('node', `Node ${version}`);
  return warning('node', `Node ${version} is older than ${minNode.join('.')}`, 'Install a newer Node.');
}

async function identityFindings({ settings }: JobContext): Promise<Finding[]> {
  const identity = await findIdentity(settings);
  if (identity === undefined)
    return [ok('identity', 'none yet: the first backup creates the key that signs snapshots')];
  const path = join(settings.location, identityName);
  const name = fingerprint(identity.publicKey);
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    return [warning('identity', `others can read ${path}, the key that signs`, `Run \`chmod 600 ${path}\`.`)];
  return [ok('identity', `${name}, readable by its owner alone`)];
}
