/** A store behind OpenSSH whose disk gets full. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { SftpBackend } from '../../src/backend/sftp/sftp-backend.ts';
import { bytesOf, namesOf } from '../backend/contract.ts';
import type { LimitedPlace } from './full-store.ts';
import { backupOnceThereIsRoom, roomFreedInFullPlace } from './full-store.ts';
import { hasSshd } from './installed-programs.ts';
import { canMount, SmallDisk } from './small-disk.ts';
import { Sshd } from './sshd.ts';

describe.skipIf(!hasSshd || !canMount('a full disk behind OpenSSH'))('a full disk behind OpenSSH', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await Sshd.start();
  });
  afterAll(() => sshd?.stop());

  async function onSmallDisk(use: (place: LimitedPlace, disk: SmallDisk) => Promise<void>): Promise<void> {
    const { address, folder } = sshd.newStore();
    const disk = new SmallDisk(folder);
    const place: LimitedPlace = {
      store: address,
      env: { NOTION_KLOSET_SSH_COMMAND: sshd.command().join(' ') },
      options: { ssh: { command: sshd.command() } },
      leaveRoom: async (bytes) => disk.leaveRoom(bytes),
      says: /the disk of the server is full/,
    };
    try {
      await use(place, disk);
      expect(readdirSync(join(folder, '.tmp'))).toEqual([]);
    } finally {
      disk.unmount();
    }
  }

  test('ends a backup with one clear line, and the next one finishes it once there is room', async () => {
    await onSmallDisk(backupOnceThereIsRoom);
  });

  test('lets all be read while not even a lock fits, and gets room back with a little of it', async () => {
    await onSmallDisk(roomFreedInFullPlace);
  });

  test('is told for objects and for folders, and apart from a disk that is read-only', async () => {
    await onSmallDisk(async ({ store, options, says }, disk) => {
      const backend = await backendAt(store, options);
      try {
        await backend.create('packs/one', bytesOf('x'));
        disk.leaveRoom(0);
        const full = { code: 'temporary', message: expect.stringMatching(says) };
        for (const name of ['packs/two', 'snapshots/one'])
          await expect(backend.create(name, Buffer.alloc(3 * 1024 ** 2))).rejects.toMatchObject(full);
        await expect(backend.replace('packs/one', bytesOf('other'))).rejects.toMatchObject(full);
        disk.setReadOnly(true);
        for (const write of [
          () => backend.create('locks/one', bytesOf('x')),
          () => backend.replace('packs/one', bytesOf('x')),
        ])
          await expect(write()).rejects.toMatchObject({
            code: 'unavailable',
            message: expect.stringMatching(/read-only/),
          });
        expect(await namesOf(backend)).toEqual(['packs/one']);
        disk.setReadOnly(false);
        disk.leaveRoom(1024 ** 2);
        await backend.create('locks/one', bytesOf('x'));
      } finally {
        if (backend instanceof SftpBackend) await backend.close();
      }
    });
  });
});
