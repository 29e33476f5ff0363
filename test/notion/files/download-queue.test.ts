import { describe, expect, it } from 'vitest';
import { DownloadQueue } from '../../../src/notion/files/download-queue.ts';
import type { MediaReason } from '../../../src/notion/files/media-failure.ts';
import { mediaError } from '../../../src/notion/files/media-failure.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Downloads that last until they are told to end. */
class Hands {
  readonly downloads: DownloadQueue<string>;
  readonly begun: string[] = [];
  readonly #ends = new Map<string, (error?: unknown) => void>();
  mostAtOnce = 0;

  constructor(bounds?: { perHost: number; inAll: number }) {
    this.downloads = new DownloadQueue<string>(bounds);
  }

  run(url: string, owner: object): Promise<string> {
    return this.downloads.run(url, owner, () => {
      this.begun.push(url);
      return new Promise<string>((resolve, reject) => {
        this.#ends.set(url, (error) => (error === undefined ? resolve(url) : reject(error)));
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#ends.size);
      });
    });
  }

  async end(url: string, error?: unknown): Promise<void> {
    const end = this.#ends.get(url);
    this.#ends.delete(url);
    end?.(error);
    await turn();
  }

  /** Ends whatever begins, until nothing does any more. */
  async endAll(): Promise<void> {
    while (this.#ends.size > 0) await this.end([...this.#ends.keys()][0] ?? '');
  }
}

describe('downloads of a crawl', () => {
  it('are so many at a time from each host, and so many in all', async () => {
    const hands = new Hands({ perHost: 2, inAll: 3 });
    const urls = ['a', 'b', 'c'].flatMap((host) => [1, 2, 3, 4].map((n) => `https://${host}.example/${n}`));
    const owner = {};
    const runs = urls.map((url) => hands.run(url, owner));
    await turn();
    expect(hands.begun).toEqual(['https://a.example/1', 'https://a.example/2', 'https://b.example/1']);
    await hands.end('https://a.example/2');
    expect(hands.begun.slice(3)).toEqual(['https://a.example/3']);
    await hands.endAll();
    expect(await Promise.all(runs)).toEqual(urls);
    expect(hands.mostAtOnce).toBe(3);
  });

  it('begin with the document that has the fewest files left', async () => {
    const hands = new Hands({ perHost: 1, inAll: 1 });
    const [long, short] = [{}, {}];
    const runs = [1, 2, 3, 4].map((n) => hands.run(`https://a.example/long ${n}`, long));
    runs.push(...[1, 2].map((n) => hands.run(`https://a.example/short ${n}`, short)));
    await turn();
    await hands.endAll();
    await Promise.all(runs);
    const order = hands.begun.map((url) => url.slice('https://a.example/'.length));
    expect(order).toEqual(['long 1', 'short 1', 'short 2', 'long 2', 'long 3', 'long 4']);
  });

  it('give their turn to the next also when they fail', async () => {
    const hands = new Hands({ perHost: 1, inAll: 1 });
    const first = hands.run('https://a.example/1', {});
    const second = hands.run('https://a.example/2', {});
    await turn();
    const failed = expect(first).rejects.toThrow('broken');
    await hands.end('https://a.example/1', new Error('broken'));
    await failed;
    await hands.end('https://a.example/2');
    expect(await second).toBe('https://a.example/2');
  });

  it('do not begin any more when the run ends, whether they asked before or after', async () => {
    const hands = new Hands({ perHost: 1, inAll: 1 });
    const first = hands.run('https://a.example/1', {});
    const waiting = expect(hands.run('https://a.example/2', {})).rejects.toThrow('the disk is full');
    hands.downloads.stop(new Error('the disk is full'));
    await waiting;
    await expect(hands.run('https://a.example/3', {})).rejects.toThrow('the disk is full');
    await hands.end('https://a.example/1');
    expect(await first).toBe('https://a.example/1');
    expect(hands.begun).toEqual(['https://a.example/1']);
  });

  it('are over when all that is followed is over, well or not', async () => {
    const { downloads } = new Hands();
    let isOver = false;
    const task = turn().then(() => {
      downloads.follow(turn().then(() => Promise.reject(new Error('late'))));
    });
    downloads.follow(task);
    const settled = downloads.settled().then(() => {
      isOver = true;
    });
    await task;
    expect(isOver).toBe(false);
    await settled;
  });
});

describe('one file that several places show', () => {
  it('is fetched once when they ask at the same time', async () => {
    const downloads = new DownloadQueue<string>();
    let fetches = 0;
    const fetch = async () => {
      fetches += 1;
      await turn();
      return 'stored';
    };
    const outcomes = await Promise.all([1, 2, 3].map(() => downloads.once('file', fetch)));
    expect(outcomes).toEqual(['stored', 'stored', 'stored']);
    expect(fetches).toBe(1);
  });

  /** How often it was fetched from two places that asked at the same time, and how many of them got it. */
  async function twice(reason: MediaReason): Promise<{ fetches: number; got: number }> {
    const downloads = new DownloadQueue<string>();
    let fetches = 0;
    const fetch = async () => {
      fetches += 1;
      const isFirst = fetches === 1;
      await turn();
      if (isFirst) throw mediaError(reason, 'https://a.example/1', 'failed.');
      return 'stored';
    };
    const outcomes = await Promise.allSettled([1, 2].map(() => downloads.once('file', fetch)));
    return { fetches, got: outcomes.filter(({ status }) => status === 'fulfilled').length };
  }

  it('is fetched from the second place when its address of the first expired for good', async () => {
    expect(await twice('expired')).toEqual({ fetches: 2, got: 1 });
  });

  it('is given up for all of them when it fails by itself', async () => {
    for (const reason of ['missing', 'broken', 'too-large', 'changed'] as const)
      expect(await twice(reason)).toEqual({ fetches: 1, got: 0 });
  });
});
