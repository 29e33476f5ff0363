/**
 * Notices that a workspace lost much since its last good backup: a revoked share looks just like a deletion. Judged by
 * objects, by bytes and by top pages, each against what the last good backup had, so that new content hides no loss. What
 * this backup could not read is unknown, not lost.
 */
import type { FileEntry, PreviousObject, PreviousSnapshot, TreeStep } from '../../document/content.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { objectAt } from '../../document/json.ts';
import { leftOutIn } from '../../document/selection/left-out.ts';
import { titleOfPath } from '../documents/titles.ts';
import type { ShrinkAlarm } from '../look/alarm.ts';
import { UnreadParts } from './unread-parts.ts';

/** A loss of more than this share of the objects or bytes is an alarm. */
export const defaultAlarmLossPercent = 10;

/** Titles of missing top pages that are kept; all are counted. */
const maxTitles = 100;

/** Compares a tree, as it is built, with that of an earlier snapshot of the same source. */
export class ShrinkWatch {
  readonly #before: PreviousSnapshot;
  /** The manifest of the new tree. */
  readonly #manifest: JsonObject;
  readonly #unread: UnreadParts;
  readonly #lossPercent: number;
  /** Titles of the top objects that were not met yet, by id. */
  readonly #topMissing = new Map<string, string>();
  /** Bytes of objects that could not be read and were not met yet, by id. */
  readonly #unreadMissing = new Map<string, number>();
  #objects = 0;
  #bytes = 0;
  #keptObjects = 0;
  #keptBytes = 0;
  /** The objects whose directories are open, outermost first; undefined for directories of no object. */
  readonly #open: (
    | { readonly before: number | undefined; readonly unread: number; now: number }
    | undefined
  )[] = [];

  /**
   * @param manifest that of the new tree
   * @param isExpected false for an object that the new tree leaves out by choice
   */
  constructor(
    before: PreviousSnapshot,
    manifest: JsonObject,
    lossPercent: number,
    isExpected: (id: string) => boolean = () => true,
  ) {
    this.#before = before;
    this.#manifest = manifest;
    this.#unread = new UnreadParts(manifest);
    this.#lossPercent = lossPercent;
    for (const object of before.objects()) {
      if (!isExpected(object.id)) continue;
      this.#objects += 1;
      this.#bytes += bytesOf(object);
      if (this.#unread.hasObject(object.id)) this.#unreadMissing.set(object.id, bytesOf(object));
      else if (object.parentId === null && isAtTop(object.path))
        this.#topMissing.set(object.id, titleOfPath(object.path));
    }
  }

  step(step: TreeStep): void {
    if (step.type === 'leave') this.#leave();
    else if (step.type === 'file') this.#addBytes(step.content.size);
    else this.#enter(step.object?.id);
  }

  /** The alarm, once the whole tree was shown; undefined when little was lost. */
  alarm(): ShrinkAlarm | undefined {
    const settings = [this.#before.manifest, this.#manifest].map((each) => objectAt(each, 'settings') ?? {});
    // Where less was asked for than before, the difference is not a loss.
    const lostObjects = isSame(settings, ['trash'])
      ? this.#objects - this.#keptObjects - this.#unreadMissing.size
      : 0;
    const unreadBytes = [...this.#unreadMissing.values()].reduce((sum, bytes) => sum + bytes, 0);
    const isComparable = isSame(settings, ['trash', 'media', 'external_media', 'comments']);
    const lostBytes = isComparable ? this.#bytes - this.#keptBytes - unreadBytes : 0;
    const gone = [...this.#topMissing.values()];
    const isMuch = (lost: number, of: number) => lost > 0 && lost * 100 > of * this.#lossPercent;
    if (gone.length === 0 && !isMuch(lostObjects, this.#objects) && !isMuch(lostBytes, this.#bytes))
      return undefined;
    const loss = { lostObjects, lostBytes, gone: gone.slice(0, maxTitles), comparedWith: this.#before.id };
    return { text: this.#text(lostObjects, lostBytes, gone), ...loss };
  }

  #enter(id: string | undefined): void {
    if (id === undefined) return void this.#open.push(undefined);
    const before = this.#before.object(id);
    if (before !== undefined) this.#keptObjects += 1;
    this.#topMissing.delete(id);
    this.#unreadMissing.delete(id);
    this.#open.push(
      before === undefined
        ? { before: undefined, unread: 0, now: 0 }
        : { before: bytesOf(before), unread: this.#unreadBytesOf(before), now: 0 },
    );
  }

  #addBytes(size: number): void {
    const owner = this.#open.findLast((each) => each !== undefined);
    if (owner !== undefined) owner.now += size;
  }

  #leave(): void {
    const left = this.#open.pop();
    if (left?.before !== undefined) this.#keptBytes += Math.min(left.before, left.now + left.unread);
  }

  /** Bytes that the object had in what could not be read of it now. */
  #unreadBytesOf({ id, files }: PreviousObject): number {
    return sizeOf(files.filter(({ source }) => this.#unread.hasFile(id, source)));
  }

  #text(lostObjects: number, lostBytes: number, gone: readonly string[]): string {
    const share = (lost: number, of: number) => (of === 0 ? 0 : Math.round((lost * 100) / of));
    const titles = gone.slice(0, 5).map((title) => JSON.stringify(title));
    const top =
      gone.length === 0
        ? ''
        : `, among them at the top: ${titles.join(', ')}${gone.length > 5 ? ` and ${gone.length - 5} more` : ''}`;
    return (
      `${lostObjects} of ${this.#objects} objects (${share(lostObjects, this.#objects)} %) and ` +
      `${share(lostBytes, this.#bytes)} % of the bytes are missing that snapshot ${this.#before.id.slice(0, 8)} has` +
      `${top}: were pages unshared or deleted?${this.#movedText()}`
    );
  }

  /** A sentence about what moved to where the same selection leaves it out: it is missed too, though it is not lost. */
  #movedText(): string {
    const moved = leftOutIn(this.#manifest)?.moved ?? 0;
    return moved === 0 ? '' : ` ${moved} of them moved to where this backup leaves them out by choice.`;
  }
}

/** Objects that Notion names no parent for, and the trash, lie in folders of their own at the top. */
function isAtTop(path: string): boolean {
  return path.lastIndexOf('/') === 0;
}

function bytesOf({ files }: PreviousObject): number {
  return sizeOf(files);
}

function sizeOf(files: readonly FileEntry[]): number {
  return files.reduce((sum, { content }) => sum + content.size, 0);
}

function isSame([before, now]: readonly JsonObject[], names: readonly string[]): boolean {
  return names.every((name) => text(before?.[name]) === text(now?.[name]));
}

function text(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}
