/** The table of all objects a crawl knows: what they are, how they were found and what became of them. */
import type { JsonObject } from '../../../document/json.ts';
import type { CrawlState } from './crawl-state.ts';
import type { Way } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import type { Parent } from './parent.ts';

export type ObjectKind = 'page' | 'database';

export type ObjectState =
  | 'seen'
  | 'previous'
  | 'ready'
  | 'wanted'
  | 'busy'
  | 'done'
  | 'reused'
  | 'failed'
  | 'absent'
  | 'linked';

export interface ObjectRow {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: ObjectState;
  readonly ways: number;
  /** The object as a listing gave it, as JSON; dropped once it was read. */
  readonly listed: string | null;
  /** When `listed` arrived, in milliseconds. */
  readonly taken: number;
  /** last_edited_time of what was stored. */
  readonly edited: string;
  /** The newest last_edited_time any listing showed. */
  readonly seen: string;
  readonly parent_type: Parent['type'];
  readonly parent_id: string;
  /** The page whose blocks show it. */
  readonly container: string | null;
  /** The database it is a template of. */
  readonly template_of: string | null;
  /** 1: read it even when its time has not changed. */
  readonly force: number;
  readonly trashed: number;
}

/** What is known of an object when it is first heard of; the rest has defaults. */
export interface NewObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: ObjectState;
  readonly ways?: number;
  readonly edited?: string;
  readonly stem?: string;
  readonly container?: string;
  readonly templateOf?: string;
  readonly force?: boolean;
}

export interface Objects {
  get(id: string): ObjectRow | undefined;
  /** Adds it unless it is there. */
  add(object: NewObject): void;
  addWay(id: string, way: Way): void;
  /** Keeps what a listing showed of it. */
  setListed(id: string, listed: JsonObject, facts: ListedFacts): void;
  setState(id: string, state: ObjectState): void;
  /** Says what it is after all: what only pointed at it may have taken it for something else. */
  setKind(id: string, kind: ObjectKind): void;
  setContainer(id: string, container: string): void;
  setTemplateOf(id: string, database: string): void;
  /** Why it is not in the snapshot: `trashed`, `not-visible`, `outside`. */
  setAbsent(id: string, fate: string): void;
  setForce(id: string): void;
  /** Ids of objects in `state` that say they lie in `parent`. */
  inParent(parent: string, state: ObjectState): string[];
  /** Takes the next object to read and marks it busy; undefined when there is none now. */
  claim(readiness: Readiness): ObjectRow | undefined;
  countState(...states: ObjectState[]): number;
}

export interface ListedFacts {
  readonly taken: number;
  readonly seen: string;
  readonly stem: string;
  readonly parent: Parent;
  readonly isTrashed: boolean;
}

/** What may be read by now: objects that must be asked for wait until no listing can show them for less. */
export interface Readiness {
  readonly databases: boolean;
  readonly unlisted: boolean;
}

const columns =
  'id, kind, state, ways, listed, taken, edited, seen, parent_type, parent_id, container, template_of, force, trashed';

export function createObjects(state: CrawlState): Objects {
  const { database } = state;
  const get = database.prepare<[string], ObjectRow>(`SELECT ${columns} FROM objects WHERE id = ?`);
  const add = database.prepare(
    `INSERT OR IGNORE INTO objects (id, kind, state, ways, edited, stem, container, template_of, force)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addWay = database.prepare('UPDATE objects SET ways = ways | ? WHERE id = ?');
  const setListed = database.prepare(
    `UPDATE objects SET listed = ?, taken = ?, seen = ?, stem = ?, parent_type = ?, parent_id = ?, trashed = ? WHERE id = ?`,
  );
  const setState = database.prepare('UPDATE objects SET state = ? WHERE id = ?');
  const setKind = database.prepare('UPDATE objects SET kind = ? WHERE id = ?');
  const setContainer = database.prepare('UPDATE objects SET container = ? WHERE id = ?');
  const setTemplateOf = database.prepare('UPDATE objects SET template_of = ? WHERE id = ?');
  const setAbsent = database.prepare(
    `UPDATE objects SET state = 'absent', fate = ?, listed = NULL WHERE id = ?`,
  );
  const setForce = database.prepare('UPDATE objects SET force = 1 WHERE id = ?');
  const inParent = database.prepare<[string, string], { id: string }>(
    'SELECT id FROM objects WHERE parent_id = ? AND state = ?',
  );
  const next = database.prepare<[string, string], ObjectRow>(
    `SELECT ${columns} FROM objects WHERE state = ? AND kind = ? LIMIT 1`,
  );
  const countState = database.prepare<[string], { n: number }>(
    'SELECT COUNT(*) AS n FROM objects WHERE state = ?',
  );
  const choose = ({ databases, unlisted }: Readiness): ObjectRow | undefined =>
    (databases ? next.get('wanted', 'database') : undefined) ??
    next.get('ready', 'page') ??
    (unlisted ? next.get('wanted', 'page') : undefined);
  return {
    get: (id) => get.get(id),
    add: ({ id, kind, state: at, ways = 0, edited = '', stem = '', container, templateOf, force = false }) =>
      void add.run(id, kind, at, ways, edited, stem, container ?? null, templateOf ?? null, force ? 1 : 0),
    addWay: (id, way) => void addWay.run(bitOf(way), id),
    setListed: (id, listed, { taken, seen, stem, parent, isTrashed }) =>
      void setListed.run(
        JSON.stringify(listed),
        taken,
        seen,
        stem,
        parent.type,
        parent.id,
        isTrashed ? 1 : 0,
        id,
      ),
    setState: (id, at) => void setState.run(at, id),
    setKind: (id, kind) => void setKind.run(kind, id),
    setContainer: (id, container) => void setContainer.run(container, id),
    setTemplateOf: (id, of) => void setTemplateOf.run(of, id),
    setAbsent: (id, fate) => void setAbsent.run(fate, id),
    setForce: (id) => void setForce.run(id),
    inParent: (parent, at) => inParent.all(parent, at).map(({ id }) => id),
    claim(readiness) {
      const row = choose(readiness);
      if (row !== undefined) setState.run('busy', row.id);
      return row;
    },
    countState: (...states) => states.reduce((sum, at) => sum + (countState.get(at)?.n ?? 0), 0),
  };
}
