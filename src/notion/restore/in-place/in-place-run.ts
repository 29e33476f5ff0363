/** The settings of one restore in place, and what it reads besides the snapshot. */
import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import type { PropertyPair } from '../journal/tables/ids.ts';

/** The part of an object that is restored; all of it when both are absent. */
export interface RestorePart {
  /** One block with what lies in it. */
  readonly block?: CompactId;
  /** The values of these properties alone, by name. */
  readonly properties?: readonly string[];
}

export interface InPlaceSettings {
  /** The state now: the backup taken just before. */
  readonly present: SnapshotReader;
  /** True when `present` was read in full: otherwise each object is asked for. */
  readonly isPresentFull: boolean;
  /** Move to the trash what was added since. */
  readonly pruneAdded: boolean;
  readonly part: RestorePart;
  /** Compact ids of copies that earlier restores in place created, and that stand for originals of the snapshot. */
  readonly copies?: ReadonlySet<string>;
  /** Properties that earlier restores in place created, the newest first; data sources by the ids of the snapshot. */
  readonly earlierProperties?: readonly PropertyPair[];
  /** Views that earlier restores in place created: those of a database in the trash cannot be seen beforehand. */
  readonly earlierViews?: readonly { readonly old: string; readonly fresh: string }[];
}

export interface InPlaceRun extends InPlaceSettings {
  /** Data sources as they are now, by compact id. */
  readonly sources: Map<string, Promise<JsonObject | undefined>>;
  /** Parts that Notion refused so far; a part that is accepted later is taken out. */
  readonly refused: Map<string, Refusal>;
}

/** A part that Notion refused. */
export interface Refusal {
  /** The object's path in the snapshot. */
  readonly path: string;
  readonly what: string;
  readonly message: string;
}

/** The run of these settings. */
export function inPlaceRun(settings: InPlaceSettings): InPlaceRun {
  return { ...settings, sources: new Map(), refused: new Map() };
}

/** True when an object is restored as a whole. */
export function isWhole({ block, properties }: RestorePart): boolean {
  return block === undefined && properties === undefined;
}
