/**
 * Loaded into the command before it starts, to give it another world than ours; ATTACK_HOOKS says which, as JSON:
 * `shiftMs` another clock, `usageFile` where to note peak memory and processor time, `link` and `open` system calls that fail,
 * `gate` an object to wait before, `flushLog` a file that names each folder and file that was flushed.
 */
import { appendFileSync, existsSync, promises, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { shiftMs, usageFile, link, open, gate, flushLog } = JSON.parse(process.env.ATTACK_HOOKS ?? '{}');

if (shiftMs !== undefined) {
  const realNow = Date.now.bind(Date);
  globalThis.Date = class extends Date {
    constructor(...parts) {
      super(...(parts.length === 0 ? [realNow() + shiftMs] : parts));
    }

    static now() {
      return realNow() + shiftMs;
    }
  };
}

if (usageFile !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(usageFile, `${maxRSS} ${userCPUTime + systemCPUTime}`);
  });
}

const failure = (code, path) => Object.assign(new Error(`${code}: refused, '${path}'`), { code });
const realOpen = promises.open;
const realLink = promises.link;
const realRename = promises.rename;

promises.link = async (from, to) => {
  await passed(to);
  if (link !== undefined) throw failure(link, to);
  return await realLink(from, to);
};

promises.rename = async (from, to) => {
  await passed(to);
  return await realRename(from, to);
};

promises.open = async (path, ...rest) => {
  if (open !== undefined && new RegExp(open.path).test(String(path))) throw failure(open.code, path);
  const file = await realOpen(path, ...rest);
  if (flushLog !== undefined) {
    const sync = file.sync.bind(file);
    file.sync = async () => {
      await sync();
      appendFileSync(flushLog, `${path}\n`);
    };
  }
  return file;
};

syncBuiltinESMExports();

/** Before the first object whose path fits: says that the gate is reached, and goes on once the test has opened it. */
async function passed(to) {
  if (gate === undefined || existsSync(gate.reached) || !new RegExp(gate.before).test(String(to))) return;
  writeFileSync(gate.reached, '');
  const parent = process.ppid;
  while (!existsSync(gate.opened)) {
    // A test that was ended opens nothing any more.
    if (process.ppid !== parent) process.exit(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
