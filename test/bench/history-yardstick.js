/** The least that anybody does who reads documents: parse and hash them. */
import { createHash } from 'node:crypto';

/** Processor time of this process for `work`, in ms. */
export async function cpuMsOf(work) {
  const start = process.cpuUsage();
  await work();
  return cpuMsSince(start);
}

/** Processor time to parse as JSON and to hash every document of a snapshot, without reading them, in ms. */
export async function yardstickMs(snapshot) {
  let spentMs = 0;
  for await (const entry of snapshot.walk('/')) {
    if (entry.type !== 'file' || !entry.path.endsWith('.json')) continue;
    const parts = [];
    for await (const part of snapshot.read(entry.content)) parts.push(part);
    const bytes = Buffer.concat(parts);
    const start = process.cpuUsage();
    JSON.parse(bytes.toString('utf8'));
    createHash('sha256').update(bytes).digest();
    spentMs += cpuMsSince(start);
  }
  return spentMs;
}

function cpuMsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
