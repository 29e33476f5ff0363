/** One open snapshot with what is remembered of it while pages are shown: where objects lie, their titles and icons. */

import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { documentTitle } from '../../document/title.ts';
import { KlosetError } from '../../errors.ts';
import type { UnreadObjects } from '../../operations/documents/not-in-snapshot.ts';
import { unreadObjects } from '../../operations/documents/not-in-snapshot.ts';
import { readJson, readObject } from '../../operations/documents/read-document.ts';
import { mayDiffer, titleOfPath } from '../../operations/documents/titles.ts';
import type { KnownSnapshot } from '../../operations/look/known-snapshots.ts';
import type { SnapshotHeader, TreeReader } from '../../operations/stores/open-store.ts';
import type { PlacedObject } from './objects.ts';
import { Objects } from './objects.ts';
import { Recent } from './recent.ts';

/** The look of an object in lists. */
export interface ObjectFacts {
  /** Empty for an object without a title. */
  readonly title: string;
  /** Its icon as the API gives it, or null. */
  readonly icon: Json;
  /** Ids of the pages and databases that its blocks show, in their order. */
  readonly order: readonly string[];
}

const maxFacts = 4000;

export class OpenSnapshot {
  readonly known: KnownSnapshot;
  readonly header: SnapshotHeader;
  readonly reader: TreeReader;
  readonly objects: Objects;
  readonly #facts = new Recent<string, ObjectFacts>(maxFacts);
  #unread: Promise<UnreadObjects> | undefined;

  constructor(known: KnownSnapshot, reader: TreeReader) {
    this.known = known;
    this.reader = reader;
    this.header = reader.header;
    this.objects = new Objects(reader);
  }

  get id(): string {
    return this.reader.id;
  }

  /** @throws KlosetError `not-found`, `integrity` */
  async document(object: PlacedObject): Promise<PageDocument | DatabaseDocument> {
    const { kind, path } = object;
    const content = await this.objects.documentOf(object);
    return await readObject(this.reader, { info: { kind }, path, content });
  }

  /** The object with this id. @throws KlosetError `not-found` */
  async object(id: string): Promise<PlacedObject> {
    const object = await this.objects.find(id);
    if (object !== undefined) return object;
    const reason = (await this.unread()).get(compactId(id))?.reason;
    const why = reason === undefined ? '' : ` It could not be read: ${reason}`;
    throw new KlosetError(
      'not-found',
      `The snapshot of ${this.header.time} does not have the page ${id}.${why}`,
      {
        hint: 'It may be in another snapshot, or only in Notion.',
      },
    );
  }

  /** Title and icon. @throws KlosetError `integrity` */
  async facts(object: PlacedObject): Promise<ObjectFacts> {
    const known = this.#facts.get(object.id);
    if (known !== undefined) return known;
    return this.noteFacts(object, await this.document(object));
  }

  /** Remembers the facts of a document that was read anyway. */
  noteFacts({ id }: PlacedObject, document: PageDocument | DatabaseDocument): ObjectFacts {
    const known = this.#facts.get(id);
    if (known !== undefined) return known;
    return this.#facts.keep(id, factsOf(document));
  }

  /** The title alone, for which most documents need not be read. Empty for an object without one. @throws KlosetError `integrity` */
  async title(object: PlacedObject): Promise<string> {
    const name = titleOfPath(object.path);
    const known = this.#facts.get(object.id)?.title;
    if (known !== undefined) return known;
    return mayDiffer(name) ? (await this.facts(object)).title : name;
  }

  /** Objects that its crawl could not read. */
  unread(): Promise<UnreadObjects> {
    this.#unread ??= unreadObjects(this.reader);
    return this.#unread;
  }

  /** Its manifest. @throws KlosetError `not-found`, `integrity` */
  async manifest(): Promise<JsonObject> {
    return await readJson(this.reader, '/manifest.json');
  }
}

function factsOf(document: PageDocument | DatabaseDocument): ObjectFacts {
  const isPage = document.kind === 'page';
  const icon = (isPage ? document.page : (document.database ?? document.data_sources[0]))?.icon ?? null;
  return {
    title: documentTitle(document),
    icon,
    order: isPage ? document.blocks.flatMap(shownObjects) : [],
  };
}

/** Ids of the objects that a block and those below it stand for. */
function shownObjects(block: Json): string[] {
  const own = objectAt(block, 'child_page') ?? objectAt(block, 'child_database');
  return [
    ...(own === undefined ? [] : [compactId(stringAt(block, 'id') ?? '')]),
    ...arrayAt(block, 'children').flatMap(shownObjects),
  ];
}
