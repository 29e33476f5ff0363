/** What every backend on another machine must do when its connection is cut: the work of a store, cut at one byte after the other. */
import { expect } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { bytesOf, namesOf } from './contract.ts';
import type { Cut, CuttingProxy } from './cutting-proxy.ts';

/** The requests of a small run: something new, something again, a part read, a list, a removal. */
async function work(backend: Backend, folder: string): Promise<void> {
  const bytes = Buffer.alloc(3000, folder);
  await backend.create(`${folder}/one`, bytes);
  await backend.create(`${folder}/two`, bytesOf('2'));
  await backend.replace(`${folder}/two`, bytesOf('3'));
  expect(await backend.read(`${folder}/one`)).toEqual(new Uint8Array(bytes));
  expect(await backend.read(`${folder}/one`, { offset: 100, length: 50 })).toEqual(
    new Uint8Array(bytes.subarray(100, 150)),
  );
  expect(await namesOf(backend, `${folder}/`)).toEqual([`${folder}/one`, `${folder}/two`]);
  await backend.remove(`${folder}/two`);
  await expect(backend.read(`${folder}/two`)).rejects.toMatchObject({ code: 'not-found' });
}

/**
 * Does the work again and again, each time with the connection cut at another byte of one direction, until no cut happens any
 * more because the work is over before. Returns how many cuts there were.
 * @param stepBytes bytes between two cuts, 1 for every byte
 */
export async function cutEverywhere(
  proxy: CuttingProxy,
  open: () => Promise<{ readonly backend: Backend; close(): Promise<void> }>,
  { direction, stepBytes }: { readonly direction: Cut['direction']; readonly stepBytes: number },
): Promise<number> {
  for (let cuts = 0; ; cuts += 1) {
    const { backend, close } = await open();
    proxy.plan({ direction, afterBytes: cuts * stepBytes });
    try {
      await work(backend, `${direction}${cuts}`);
    } catch (error) {
      throw new Error(`cut after ${cuts * stepBytes} bytes ${direction}`, { cause: error });
    } finally {
      await close();
    }
    if (!proxy.isWaiting) continue;
    proxy.plan(undefined);
    return cuts;
  }
}
