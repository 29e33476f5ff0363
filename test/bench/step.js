/** Steps of a benchmark, each in a process of its own, so that memory and time are those of the step alone. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Bytes of a megabyte, in every figure here. */
export const megabyte = 1_000_000;

/**
 * Runs `steps/<name>.js` to its end.
 * @param {string} name
 * @param {object} input given to the step
 * @param {(progress: object) => void} [onProgress]
 * @returns {Promise<any>} what the step concluded with
 */
export async function runStep(name, input, onProgress = () => {}) {
  const step = startStep(name, input, onProgress);
  try {
    return await step.result;
  } finally {
    step.end();
  }
}

/** Starts `steps/<name>.js`, which goes on until `end`. */
export function startStep(name, input, onProgress = () => {}) {
  const file = fileURLToPath(new URL(`./steps/${name}.js`, import.meta.url));
  const child = fork(file, [JSON.stringify(input)], { serialization: 'advanced' });
  const result = new Promise((resolve, reject) => {
    child.on('message', ({ type, value }) => (type === 'result' ? resolve(value) : onProgress(value)));
    child.on('exit', (code, signal) => reject(new Error(`step ${name} ended with ${code ?? signal}`)));
  });
  // Who does not wait for the result hears of a failure by what the step was to do.
  result.catch(() => {});
  return { result, end: () => child.kill() };
}

/** For steps: what they were given. */
export function stepInput() {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** For steps: tells the program that started this one how it goes. */
export function tellProgress(value) {
  process.send?.({ type: 'progress', value });
}

/** For steps: hands over the result. */
export function concludeStep(value) {
  process.send?.({ type: 'result', value });
}

/** For steps: runs `work` and concludes with what it gives, how long it took and the most memory this process held. */
export async function measureStep(work) {
  const startedAt = performance.now();
  const value = await work();
  const ms = performance.now() - startedAt;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1_000;
  concludeStep({ ...value, ms, cpuMs, peakMegabytes: (maxRSS * 1_024) / megabyte });
}
