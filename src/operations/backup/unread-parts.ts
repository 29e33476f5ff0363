/** The objects and files of which a manifest tells that they could not be read: what they hold is unknown, not gone. */
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';

export class UnreadParts {
  /** Objects of which a part other than a file is unread: that part may have had any of the files. */
  readonly #objects = new Set<string>();
  /** Identities of files, or ids of what a file stands in. */
  readonly #files = new Set<string>();
  /** Objects of which a file is unread that nobody can name. */
  readonly #withNamelessFiles = new Set<string>();

  constructor(manifest: JsonObject) {
    for (const error of arrayAt(objectAt(manifest, 'errors'), 'list')) {
      const id = stringAt(error, 'id') ?? '';
      const owner = stringAt(error, 'owner') ?? id;
      if (stringAt(error, 'kind') !== 'media') this.#objects.add(owner);
      else if (id.includes('/')) this.#files.add(id);
      else this.#withNamelessFiles.add(owner);
    }
  }

  /** True when a part of the object, or all of it, could not be read. */
  hasObject(id: string): boolean {
    return this.#objects.has(id);
  }

  /** True when the file of the object could not be read. @param source its identity; undefined for the document */
  hasFile(object: string, source: string | undefined): boolean {
    if (this.#objects.has(object)) return true;
    if (source === undefined) return false;
    return this.#files.has(source) || this.#withNamelessFiles.has(object);
  }
}
