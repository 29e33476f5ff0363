/** A Ceph server of our own on loopback, started by rgw.sh. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'rgw.sh');

export const cephKeys = { accessKeyId: 'testkey', secretAccessKey: 'testsecret' };
/** The same for the program, as users give it. */
export const cephEnvironment = {
  AWS_ACCESS_KEY_ID: cephKeys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: cephKeys.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
};

export class Ceph {
  readonly folder: string;
  readonly port: number;
  #buckets = 0;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<Ceph> {
    const ceph = new Ceph(mkdtempSync(join(tmpdir(), 'kloset-ceph-')), await freePorts(21));
    await ceph.#script('start');
    return ceph;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Creates a bucket; gives the address of a store in it. */
  async newBucket(): Promise<string> {
    const name = `bucket-${++this.#buckets}`;
    const client = new S3Client({
      endpoint: this.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: cephKeys,
    });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    client.destroy();
    return `s3+${this.url}/${name}`;
  }

  /** Ends the gateway without warning; what it stored stays. */
  killGateway(): void {
    const pid = this.#pids().at(-1);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  async startGateway(): Promise<void> {
    await this.#script('gateway');
  }

  /** Runs `radosgw-admin`. */
  async admin(...words: string[]): Promise<string> {
    return (await run('radosgw-admin', ['-c', join(this.folder, 'c'), ...words])).stdout;
  }

  stop(): void {
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It was killed before.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #pids(): number[] {
    return readFileSync(join(this.folder, 'pids'), 'utf8').split('\n').filter(Boolean).map(Number);
  }

  /** The daemons keep running with the script's streams, so those are files. */
  async #script(what: 'start' | 'gateway'): Promise<void> {
    const line = `exec "${script}" "${this.folder}" ${this.port} ${what} </dev/null >"${this.folder}.log" 2>&1`;
    try {
      await run('/bin/bash', ['-c', line], { timeout: 60_000 });
    } catch (cause) {
      throw new Error(`Ceph did not start:\n${readFileSync(`${this.folder}.log`, 'utf8')}`, { cause });
    }
    rmSync(`${this.folder}.log`, { force: true });
  }
}
