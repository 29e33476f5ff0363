/** Loaded into the command before it starts: notes its peak memory (KiB) and processor time (µs) in the file that USAGE_FILE names. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.USAGE_FILE ?? '', `${maxRSS} ${userCPUTime + systemCPUTime}`);
});
