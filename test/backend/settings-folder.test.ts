import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SettingsFolder } from '../../src/backend/settings-folder.ts';
import { bytesOf, namesOf } from './contract.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'kloset-settings-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a file of the configuration folder that is a link is read, replaced where it lies, and stays a link', async () => {
  const [home, elsewhere] = [join(root, 'home'), join(root, 'dotfiles')];
  mkdirSync(elsewhere);
  const folder = new SettingsFolder(home);
  await folder.create('identity.json', bytesOf('one'));
  expect(statSync(join(home, 'identity.json')).mode & 0o777).toBe(0o600);
  renameSync(join(home, 'identity.json'), join(elsewhere, '.kept'));
  symlinkSync(join(elsewhere, '.kept'), join(home, 'identity.json'));
  expect(await folder.read('identity.json')).toEqual(bytesOf('one'));
  await folder.replace('identity.json', bytesOf('two'));
  expect(lstatSync(join(home, 'identity.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(elsewhere, '.kept'), 'utf8')).toBe('two');
  await expect(folder.create('identity.json', bytesOf('three'))).rejects.toMatchObject({ code: 'integrity' });
});

test('a folder in it that is a link is read, listed and written where it lies', async () => {
  const [home, elsewhere] = [join(root, 'linked'), join(root, 'pins')];
  mkdirSync(elsewhere);
  mkdirSync(home);
  symlinkSync(elsewhere, join(home, 'trust'));
  const folder = new SettingsFolder(home);
  expect(await namesOf(folder, 'trust/')).toEqual([]);
  await folder.replace('trust/a.json', bytesOf('a'));
  await folder.create('trust/b.json', bytesOf('b'));
  expect(await namesOf(folder, 'trust/')).toEqual(['trust/a.json', 'trust/b.json']);
  expect(await folder.read('trust/a.json')).toEqual(bytesOf('a'));
  await folder.remove('trust/a.json');
  expect(await namesOf(folder, 'trust/')).toEqual(['trust/b.json']);
});

test('a folder that is not there holds nothing, and comes with its first file', async () => {
  const folder = new SettingsFolder(join(root, 'new', 'deep'));
  expect(await namesOf(folder, 'trust/')).toEqual([]);
  await expect(folder.read('identity.json')).rejects.toMatchObject({ code: 'not-found' });
  await folder.replace('trust/a.json', bytesOf('a'));
  expect(await folder.size('trust/a.json')).toBe(1);
});
