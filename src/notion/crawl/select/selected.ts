/**
 * The selection at work in one crawl: decides about objects from the facts that the checkpoint has of them by now. Where a
 * fact is missing an object waits, so that no request is spent below what is left out.
 */
import type { PreviousObject } from '../../../document/content.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Above, Decision, SelectableObject } from '../../../document/selection/decide.ts';
import { decide, pathOf } from '../../../document/selection/decide.ts';
import { idIn, matchesPattern } from '../../../document/selection/pattern.ts';
import type { Selection } from '../../../document/selection/selection.ts';
import { excludeText } from '../../../document/selection/selection.ts';
import type { CrawlState } from '../state/crawl-state.ts';
import { bitOf } from '../state/discovery-paths.ts';
import type { ObjectRow, ObjectState } from '../state/objects.ts';
import { orphans, trash } from '../state/placement.ts';
import { parentsOf } from './parents-of.ts';

/** States of what is not in the snapshot, and so holds nothing, though it is known. */
const notThere: ReadonlySet<ObjectState> = new Set(['absent', 'failed', 'linked', 'outside']);

export interface SelectedOptions {
  /** Undefined for everything. */
  readonly selection: Selection | undefined;
  readonly state: CrawlState;
  readonly previous: { get(id: string): PreviousObject | undefined };
  /** False for a crawl of given roots. */
  readonly isWhole: boolean;
  /** The previous snapshot has objects at its top that lie in others which it left out. */
  readonly hidesParents: boolean;
}

export class Selected {
  readonly #options: SelectedOptions;
  readonly #hasIds: boolean;

  constructor(options: SelectedOptions) {
    this.#options = options;
    const { include = [], exclude = [] } = options.selection ?? {};
    this.#hasIds = [...include, ...exclude.map(({ pattern }) => pattern)].some(
      ({ form }) => form.type === 'id',
    );
  }

  /** False when everything is chosen. */
  get isOn(): boolean {
    return this.#options.selection !== undefined;
  }

  /** True when only what is included is chosen: nothing else that is pointed at need be asked for. */
  get hasIncludes(): boolean {
    return (this.#options.selection?.include.length ?? 0) > 0;
  }

  /** Full ids of what is included: asked for when no listing shows them. */
  get includedIds(): string[] {
    return (this.#options.selection?.include ?? []).flatMap((pattern) => idIn(pattern) ?? []);
  }

  decisionOf(id: string): Decision {
    const { selection } = this.#options;
    if (selection === undefined) return { fate: 'chosen' };
    return decide(selection, id, (each) => this.#object(each));
  }

  /** Leaves an object out when that is clear by now. @returns false when it was */
  admitListed(id: string): boolean {
    const decision = this.decisionOf(id);
    if (decision.fate !== 'left-out') return true;
    this.leaveOut(id, decision.by);
    return false;
  }

  /**
   * Decides about an object whose turn it is to be read: true when it is to be, or has to be asked for to decide.
   * @param isAsked its own object has arrived: what is still missing lies above it, and it waits for that
   */
  admit(id: string, { isAsked }: { readonly isAsked: boolean }): boolean {
    if (!this.isOn) return true;
    const { state } = this.#options;
    const decision = this.decisionOf(id);
    if (decision.fate === 'left-out') this.leaveOut(id, decision.by);
    if (decision.fate !== 'unknown') return decision.fate === 'chosen';
    if (!isAsked && state.objects.get(id)?.listedObject === null) return true;
    state.leftOut.postpone(id);
    return false;
  }

  leaveOut(id: string, by: string | undefined): void {
    const { state } = this.#options;
    state.leftOut.leaveOut(id, by);
    state.errors.clear(id);
  }

  /**
   * Texts of the patterns, by option, that name none of the objects that are known. To be asked at the end of the crawl.
   * @param isFull everything was listed
   */
  unmatched(isFull: boolean): { include: string[]; exclude: string[] } {
    const { selection, state } = this.#options;
    const open = {
      include: new Map(selection?.include.map((pattern) => [pattern.text, pattern])),
      exclude: new Map(selection?.exclude.map((each) => [excludeText(each), each.pattern])),
    };
    // Of those that an earlier run left out the names are not known.
    for (const { by } of state.leftOut.all(isFull)) if (by !== null) open.exclude.delete(by);
    for (const id of state.leftOut.known()) {
      if (open.include.size + open.exclude.size === 0) break;
      const { path, isWhole } = pathOf(id, (each) => this.#object(each));
      for (const of of [open.include, open.exclude])
        for (const [text, pattern] of of)
          if (matchesPattern(pattern, path, { isWhole }) === true) of.delete(text);
    }
    return { include: [...open.include.keys()], exclude: [...open.exclude.keys()] };
  }

  /** The parent of an object that nothing was recorded of yet; undefined when nothing is missing there. */
  missingAbove(id: string): ObjectRow | undefined {
    const { objects } = this.#options.state;
    const seen = new Set<string>();
    for (let row = objects.get(id); row !== undefined && !seen.has(row.id); ) {
      seen.add(row.id);
      const above = this.#above(row);
      if (above.type === 'unknown') return row;
      row = above.type === 'in' ? objects.get(above.id) : undefined;
    }
    return undefined;
  }

  #object(id: string): SelectableObject | undefined {
    const row = this.#options.state.objects.get(id);
    if (row === undefined) return undefined;
    return {
      id,
      kind: row.kind,
      name: row.nameStem === '' ? undefined : row.nameStem,
      sources: row.kind === 'database' && this.#hasIds ? this.#sourcesOf(row) : [],
      hasAllSources: row.kind === 'page' || row.listedObject !== null || isSettled(row.state),
      above: this.#above(row),
      isLeftOut: row.state === 'left-out' && row.nameStem === '',
    };
  }

  #sourcesOf({ id, listedObject }: ObjectRow): string[] {
    const { dataSources } = this.#options.state;
    const listed: unknown = JSON.parse(listedObject ?? 'null');
    const named = arrayAt(isObject(listed) ? listed : undefined, 'data_sources')
      .map((source) => compactId(stringAt(source, 'id') ?? ''))
      // A linked view names data sources of databases elsewhere.
      .filter((source) => (dataSources.ownerOf(source) ?? id) === id);
    return [...named, ...dataSources.inDatabase(id)];
  }

  #above(row: ObjectRow): Above {
    const { state } = this.#options;
    const owner = row.templateOf === null ? undefined : state.dataSources.ownerOf(row.templateOf);
    if (owner !== undefined && this.#isThere(owner)) return { type: 'in', id: owner, folder: '_templates' };
    const above = this.#place(row);
    const isRoot = (row.discoveredBy & bitOf('root')) !== 0;
    if (row.trashed === 0 || isRoot || (above.type === 'in' && state.objects.get(above.id)?.trashed === 1))
      return above;
    return { type: 'top', folder: trash };
  }

  /** The same place that `place/place-objects.ts` gives it in a snapshot of everything, where that can be told. */
  #place(row: ObjectRow): Above {
    const { isWhole, state, previous, hidesParents } = this.#options;
    const { id, parentType } = row;
    const orphan: Above = { type: 'top', folder: orphans };
    if (!isWhole && (row.discoveredBy & bitOf('root')) !== 0) return { type: 'top' };
    if (parentType === 'workspace') return isWhole ? { type: 'top' } : orphan;
    const before = previous.get(id);
    const wasAtRoot = before?.parentId === null && !before.path.startsWith(`/${orphans}/`);
    if (parentType === '' && wasAtRoot) return hidesParents ? { type: 'unknown' } : { type: 'top' };
    for (const candidate of this.#parentsOf(row, before?.parentId ?? '')) {
      if (candidate === '' || candidate === id) continue;
      if (this.#isThere(candidate)) return { type: 'in', id: candidate };
      if (isWhole && state.objects.get(candidate) === undefined) return { type: 'unknown' };
    }
    const isOpen = parentType === 'block' && row.container === null;
    const isBlank = parentType === '' && row.container === null && before === undefined;
    return isOpen || isBlank ? { type: 'unknown' } : orphan;
  }

  /** An object that is only pointed at lies in the database that the schema of a relation names. */
  #parentsOf(row: ObjectRow, formerParent: string): string[] {
    const { dataSources, relations } = this.#options.state;
    const isBlank = row.parentType === '' && row.container === null && formerParent === '';
    return isBlank ? [relations.databaseOf(row.id) ?? ''] : parentsOf(dataSources, row, formerParent);
  }

  #isThere(id: string): boolean {
    const state = this.#options.state.objects.get(id)?.state;
    return state !== undefined && !notThere.has(state);
  }
}

/** True for objects whose own object was read, or is that of the previous snapshot. */
function isSettled(state: ObjectState): boolean {
  return state === 'read' || state === 'reused' || state === 'previous';
}
