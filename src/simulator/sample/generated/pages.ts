/** Pages whose blocks and values are created when they are asked for; only ids, times and parents are kept. */
import type { Json, JsonObject } from '../../workspace/json.ts';
import type { Page, Parent } from '../../workspace/state.ts';

/** Creates the parts of a page that are not kept. */
export interface PageOrigin {
  children(page: number): readonly string[];
  values(page: number): { readonly [propertyId: string]: Json };
  icon(page: number): JsonObject | null;
}

export interface PageStamp {
  readonly id: string;
  readonly number: number;
  readonly parent: Parent;
  readonly createdTime: number;
  readonly editedTime: number;
  readonly userId: string;
}

/** A page that keeps as little as it can: a hundred thousand of them fit in some tens of MB. */
export class GeneratedPage implements Page {
  readonly kind = 'page';
  readonly id: string;
  parent: Parent;
  createdTime: number;
  editedTime: number;
  createdBy: string;
  editedBy: string;
  inTrash = false;
  isArchived = false;
  isLocked = false;
  readonly isTemplate = false;
  cover: JsonObject | null = null;
  publicUrl: string | null = null;
  readonly #number: number;
  readonly #origin: PageOrigin;
  #changes: { values?: Page['values']; children?: readonly string[]; icon?: JsonObject | null } | undefined;

  constructor(stamp: PageStamp, origin: PageOrigin) {
    this.id = stamp.id;
    this.parent = stamp.parent;
    this.createdTime = stamp.createdTime;
    this.editedTime = stamp.editedTime;
    this.createdBy = stamp.userId;
    this.editedBy = stamp.userId;
    this.#number = stamp.number;
    this.#origin = origin;
  }

  get values(): Page['values'] {
    return this.#changes?.values ?? this.#origin.values(this.#number);
  }
  set values(values: Page['values']) {
    this.#changes = { ...this.#changes, values };
  }

  get children(): readonly string[] {
    return this.#changes?.children ?? this.#origin.children(this.#number);
  }
  set children(children: readonly string[]) {
    this.#changes = { ...this.#changes, children };
  }

  get icon(): JsonObject | null {
    const changed = this.#changes?.icon;
    return changed === undefined ? this.#origin.icon(this.#number) : changed;
  }
  set icon(icon: JsonObject | null) {
    this.#changes = { ...this.#changes, icon };
  }
}
