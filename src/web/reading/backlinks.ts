/** The pages that link to a page: every document of a snapshot is read once, when somebody asks first. */
import { setImmediate } from 'node:timers/promises';
import { asPage, parseDocument, readBytes } from '../../operations/documents/read-document.ts';
import type { PlacedObject } from './objects.ts';
import { linkedIds } from './page-links.ts';
import type { OpenSnapshot } from './snapshot.ts';

type Backlinks = ReadonlyMap<string, readonly PlacedObject[]>;

const known = new WeakMap<OpenSnapshot, Promise<Backlinks>>();
const sliceMs = 8;

/** The pages of the snapshot that link to `id`, in the order of the tree. @throws KlosetError `integrity` */
export async function pagesLinkingTo(snapshot: OpenSnapshot, id: string): Promise<readonly PlacedObject[]> {
  const reading = known.get(snapshot) ?? readLinks(snapshot);
  known.set(snapshot, reading);
  reading.catch(() => known.delete(snapshot));
  return (await reading).get(id) ?? [];
}

async function readLinks(snapshot: OpenSnapshot): Promise<Backlinks> {
  const links = new Map<string, PlacedObject[]>();
  const directories = new Map<string, PlacedObject>();
  let pauseAt = performance.now() + sliceMs;
  for await (const entry of snapshot.reader.walk('/')) {
    const object = snapshot.objects.note(entry);
    if (object !== undefined) directories.set(object.path, object);
    if (entry.type !== 'file' || entry.name !== 'page.json') continue;
    const source = directories.get(entry.path.slice(0, -'/page.json'.length));
    if (source === undefined) continue;
    const bytes = await readBytes(snapshot.reader, entry.content);
    for (const target of linkedIds(asPage(parseDocument(bytes, entry.path), entry.path)))
      if (target !== source.id) links.set(target, [...(links.get(target) ?? []), source]);
    if (performance.now() < pauseAt) continue;
    await setImmediate();
    pauseAt = performance.now() + sliceMs;
  }
  return links;
}
