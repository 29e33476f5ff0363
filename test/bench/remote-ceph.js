/** A Ceph server of our own on loopback, and the requests that it logged. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

const script = fileURLToPath(new URL('../servers/rgw.sh', import.meta.url));
/** The key that rgw.sh creates. */
export const cephEnvironment = {
  AWS_ACCESS_KEY_ID: 'testkey',
  AWS_SECRET_ACCESS_KEY: 'testsecret',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};
/** A line of the gateway's log for each request: `… "PUT /bucket/key?query HTTP/1.1" 200 …`. */
const requestLine = / beast: .*?"([A-Z]+) (\/\S*) HTTP\/1\.1" (\d+)/;

/**
 * Starts a server, lends it to `use`, and ends it.
 * @template T
 * @param {string} folder that does not exist yet
 * @param {(ceph: { url: string, requests: () => Promise<{ method: string, target: string, status: number }[]> }) => Promise<T>} use
 *   `requests` gives those that were answered since it was called last
 * @returns {Promise<T>}
 */
export async function withCeph(folder, use) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { status, error } = spawnSync('bash', [script, folder, String(port)], { stdio: 'ignore' });
  try {
    if (status !== 0) throw new Error(`Ceph did not start: see ${folder}/log`, { cause: error });
    const log = new RequestLog(url, join(folder, 'log', 'client.admin'));
    await log.take();
    return await use({ url, requests: () => log.take() });
  } finally {
    for (const pid of readFileSync(join(folder, 'pids'), 'utf8').split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL');
  }
}

/** @param {string} url of the server @param {string} bucket */
export async function createBucket(url, bucket) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = cephEnvironment;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

class RequestLog {
  #url;
  #path;
  #marks = 0;
  #taken = 0;

  constructor(url, path) {
    this.#url = url;
    this.#path = path;
  }

  /** The log is written behind; a request of our own, which stands in it last, tells that all others do. */
  async take() {
    const mark = `/mark-${++this.#marks}`;
    await fetch(this.#url + mark);
    for (;;) {
      const all = readFileSync(this.#path, 'utf8').split('\n').flatMap(parsed);
      const end = all.findIndex(({ target }) => target === mark);
      if (end >= 0) {
        const fresh = all.slice(this.#taken, end);
        this.#taken = end + 1;
        return fresh;
      }
      await pause(50);
    }
  }
}

function parsed(line) {
  const [, method, target, status] = requestLine.exec(line) ?? [];
  return target === undefined ? [] : [{ method, target, status: Number(status) }];
}

/** The first of 21 ports in a row, of which rgw.sh takes all. */
async function freePort() {
  for (;;) {
    const port = 32_000 + Math.floor(Math.random() * 500) * 24;
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
