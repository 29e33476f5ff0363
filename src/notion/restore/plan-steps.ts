/**
 * Turns what the survey found into steps and what they wait for: parents before children, siblings in their order, and,
 * as far as it can be had, what is referred to before what refers to it.
 */
import type { SnapshotReader } from '../../document/content.ts';
import type { BlockNode } from '../../document/documents.ts';
import { convertBlock } from './block-payload.ts';
import { maxArray, nextChunk, outline, withPlaceholders } from './block-waves.ts';
import type { Conversion } from './conversion.ts';
import { unknownId } from './conversion.ts';
import type { Journal } from './journal.ts';
import type { Reference } from './references.ts';
import { blockReferences, pageReferences } from './references.ts';
import type { RelationSide } from './schema-levels.ts';
import { levelsOf, relationSides, schemasIn, sideKey } from './schema-levels.ts';
import { readDatabase, readPage } from './snapshot-documents.ts';
import type { Soft, Step, StepKind } from './steps.ts';
import { StepGraph } from './steps.ts';
import type { SurveyedObject } from './survey.ts';
import { objectsIn } from './survey.ts';
import type { WriteNode } from './write-node.ts';

export interface PlanStepsOptions {
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly comments: boolean;
  /** Whether each page begins with a marker of its origin. */
  readonly markers: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes all steps into the journal. */
export async function planSteps(options: PlanStepsOptions): Promise<void> {
  const { journal, snapshot, signal } = options;
  const planner = new Planner(journal, options);
  journal.atomically(() => planner.addObjects());
  journal.atomically(() => planner.addSchemas());
  for (const object of objectsIn(journal)) {
    signal?.throwIfAborted();
    if (object.kind === 'database') {
      const { database } = await readDatabase(snapshot, object.path);
      journal.atomically(() => planner.addDatabase(object, database?.is_locked === true));
    } else {
      const document = await readPage(snapshot, object.path);
      const references = [...pageReferences(document.page)];
      journal.atomically(() =>
        planner.addPage(object, document.blocks, references, document.comments.length),
      );
    }
  }
}

/** An item of a page: a run of blocks, or an object among or inside them. */
export interface Item {
  readonly place: number;
  readonly kind: 'run' | 'child' | 'nested';
  readonly first: number;
  readonly past: number;
  readonly child: string | null;
}

/** The items of a page, in order. */
export function itemsOf(journal: Journal, page: string): Item[] {
  return journal
    .prepare<[string], Item>('SELECT place, kind, first, past, child FROM item WHERE page = ? ORDER BY place')
    .all(page);
}

class Planner {
  readonly #journal: Journal;
  readonly #graph: StepGraph;
  readonly #comments: boolean;
  readonly #capacity: number;
  #sides: ReadonlyMap<string, RelationSide> = new Map();

  constructor(
    journal: Journal,
    { comments, markers }: { readonly comments: boolean; readonly markers: boolean },
  ) {
    this.#journal = journal;
    this.#graph = new StepGraph(journal);
    this.#comments = comments;
    this.#capacity = markers ? maxArray - 1 : maxArray;
  }

  /** Creation of every object and data source, with what no wish can change: parents first. */
  addObjects(): void {
    for (const object of objectsIn(this.#journal)) {
      const home = this.#home(object);
      const lane = object.source !== null ? `source:${object.source}` : `page:${home ?? ''}`;
      const step = this.#graph.step(creationOf(object), object.id, 0, lane);
      if (object.linked === 1) this.#journal.setSeen('linked page', object.id, home ?? '');
      else if (object.kind === 'database') this.#addSources(object.id, step);
      if (object.source === null)
        this.#graph.link(step, home === undefined ? undefined : this.#graph.find('page', home));
    }
    for (const object of objectsIn(this.#journal)) {
      if (object.kind === 'page') this.#settleItems(object.id);
      const step = object.source === null ? undefined : this.#graph.find('page', object.id);
      if (step !== undefined && object.source !== null)
        this.#graph.link(step, this.#sourceStep(object.source));
    }
  }

  #addSources(database: string, step: Step): void {
    const places = this.#journal
      .prepare<[string], number>('SELECT place FROM source WHERE owner = ? ORDER BY place')
      .pluck()
      .all(database);
    let before = step;
    for (const place of places.slice(1)) {
      const next = this.#graph.step('source', database, place, `database:${database}`);
      this.#graph.link(next, before);
      before = next;
    }
  }

  /** The step that makes a data source. */
  #sourceStep(source: string): Step | undefined {
    const row = this.#journal
      .prepare<[string], { owner: string; place: number }>('SELECT owner, place FROM source WHERE id = ?')
      .get(source);
    if (row === undefined) return undefined;
    return row.place === 0
      ? this.#graph.find('database', row.owner)
      : this.#graph.find('source', row.owner, row.place);
  }

  /** The page an object is made on: the nearest one above it; undefined for the destination. */
  #home(object: SurveyedObject): string | undefined {
    let parent = object.parent;
    while (parent !== null) {
      const above = this.#object(parent);
      if (above === undefined) return undefined;
      if (above.kind === 'page') return above.id;
      parent = above.parent;
    }
    return undefined;
  }

  #object(id: string): SurveyedObject | undefined {
    return this.#journal
      .prepare<[string], SurveyedObject>(
        'SELECT id, kind, path, parent, source, template, linked FROM object WHERE id = ?',
      )
      .get(id);
  }

  /** Properties that name others, level by level; and which side of a dual relation is written. */
  addSchemas(): void {
    const schemas = schemasIn(this.#journal);
    this.#sides = relationSides(this.#journal, schemas);
    for (const side of this.#sides.values()) {
      if (side.isMade) continue;
      this.#journal
        .prepare('INSERT OR IGNORE INTO skipped_relation VALUES (?, ?)')
        .run(side.source, side.property);
    }
    const levels = new Map<string, Set<number>>();
    for (const [key, level] of levelsOf(schemas, this.#sides)) {
      const source = key.slice(0, key.indexOf('/'));
      levels.set(source, (levels.get(source) ?? new Set()).add(level));
    }
    for (const source of this.#journal
      .prepare<[], string>('SELECT id FROM source WHERE more = 1')
      .pluck()
      .all())
      levels.set(source, (levels.get(source) ?? new Set()).add(1));
    const highest = Math.max(0, ...[...levels.values()].flatMap((set) => [...set]));
    let below: Step[] = [];
    for (let level = 1; level <= highest; level += 1) {
      const here: Step[] = [];
      for (const [source, set] of levels) {
        if (set.has(level)) here.push(this.#addSchema(source, level, below));
      }
      below = here.length > 0 ? here : below;
    }
  }

  #addSchema(source: string, level: number, below: readonly Step[]): Step {
    const step = this.#graph.step('schema', source, level, `source:${source}`);
    this.#graph.link(step, this.#sourceStep(source));
    for (const side of this.#sides.values())
      if (side.source === source) this.#graph.link(step, this.#sourceStep(side.target));
    for (const lower of below) this.#graph.link(step, lower);
    return step;
  }

  /** The last step that gives a data source its properties. */
  #finishedSource(source: string): Step | undefined {
    const level = this.#journal
      .prepare<[string], number | null>("SELECT max(part) FROM step WHERE kind = 'schema' AND object = ?")
      .pluck()
      .get(source);
    return typeof level === 'number' ? this.#graph.find('schema', source, level) : this.#sourceStep(source);
  }

  addDatabase(object: SurveyedObject, isLocked: boolean): void {
    if (object.linked === 1) {
      const step = this.#graph.find('linked', object.id);
      if (step !== undefined) this.#awaitSources(step);
      return;
    }
    const lane = `database:${object.id}`;
    this.#graph.step('views', object.id, 0, lane, 2);
    if (isLocked) this.#graph.step('lock', object.id, 0, lane, 3);
  }

  addPage(
    object: SurveyedObject,
    blocks: readonly BlockNode[],
    references: readonly Reference[],
    comments: number,
  ): void {
    const step = this.#graph.find('page', object.id);
    if (step === undefined) return;
    const lane = `page:${object.id}`;
    const items = itemsOf(this.#journal, object.id);
    const carry = this.#carryOf(blocks, items);
    this.#journal.prepare('UPDATE object SET carry = ? WHERE id = ?').run(carry, object.id);
    for (const reference of references) this.#want(step, reference, 'values');
    for (const block of blocks.slice(0, carry)) this.#wantAll(step, block, 'content');
    this.#addRelations(object, step);
    this.#chain(object.id, step, items, { blocks, carry });
    if (comments > 0 && this.#comments) this.#graph.step('comments', object.id, 0, lane, 2);
    const locked = this.#journal.prepare<[string], number>('SELECT locked FROM object WHERE id = ?').pluck();
    if (locked.get(object.id) === 1) this.#graph.step('lock', object.id, 0, lane, 3);
  }

  /** Siblings in their order: each child object waits for the blocks and the object before it. */
  #chain(
    page: string,
    step: Step,
    items: readonly Item[],
    { blocks, carry }: { blocks: readonly BlockNode[]; carry: number },
  ): void {
    let before = step;
    let gates: Step[] = [];
    for (const item of items) {
      const first = item.place === 0 ? carry : item.first;
      const next =
        item.kind === 'run'
          ? this.#runStep(page, item, blocks.slice(first, item.past))
          : this.#childStep(page, item.child ?? '');
      if (next === undefined) continue;
      this.#graph.link(next, before);
      for (const gate of gates) this.#graph.link(next, gate, 'gate');
      // Runs and linked databases can be put in their place later; objects cannot.
      if (next.kind === 'run' || next.kind === 'linked') gates = [...gates, next];
      else [before, gates] = [next, []];
    }
  }

  #runStep(page: string, item: Item, blocks: readonly BlockNode[]): Step | undefined {
    if (blocks.length === 0) return undefined;
    const run = this.#graph.step('run', page, item.place, `page:${page}`);
    for (const block of blocks) this.#wantAll(run, block, 'run');
    return run;
  }

  /** The step that makes what a child block stands for. */
  #childStep(page: string, child: string): Step | undefined {
    const object = this.#object(child);
    if (object !== undefined) return this.#graph.find(creationOf(object), child);
    if (this.#linkedView(child) === undefined) return undefined;
    const step = this.#graph.step('linked', child, 0, `page:${page}`);
    this.#graph.link(step, this.#graph.find('page', page));
    this.#journal.setSeen('linked page', child, page);
    this.#awaitSources(step);
    return step;
  }

  /** A linked view needs the whole schema of what it shows. */
  #awaitSources(step: Step): void {
    const views = this.#journal
      .prepare<[string], string>('SELECT view FROM linked_view WHERE database = ?')
      .pluck()
      .all(step.object)
      .join()
      .replaceAll('-', '');
    for (const source of this.#journal.prepare<[], string>('SELECT id FROM source').pluck().all())
      if (views.includes(source)) this.#graph.link(step, this.#finishedSource(source), 'linked');
  }

  /**
   * Items as they will be made: blocks of children that are nowhere are written like any block (as links or markers), and
   * objects that no block shows come last.
   */
  #settleItems(page: string): void {
    const settled: Omit<Item, 'place'>[] = [];
    const shown = new Set<string>();
    for (const item of itemsOf(this.#journal, page)) {
      const isMade = item.child !== null && !shown.has(item.child) && this.#isMadeHere(page, item.child);
      if (item.child !== null && isMade) shown.add(item.child);
      const last = settled.at(-1);
      if (item.kind !== 'run' && isMade) settled.push(item);
      else if (item.kind === 'nested') continue;
      else if (last?.kind === 'run') settled[settled.length - 1] = { ...last, past: item.past };
      else settled.push({ kind: 'run', first: item.first, past: item.past, child: null });
    }
    const below = this.#journal
      .prepare<[string], string>('SELECT id FROM object WHERE parent = ? AND source IS NULL ORDER BY seq')
      .pluck()
      .all(page);
    const end = Math.max(0, ...settled.map(({ past }) => past));
    for (const child of below)
      if (!shown.has(child)) settled.push({ kind: 'nested', first: end, past: end, child });
    this.#journal.prepare('DELETE FROM item WHERE page = ?').run(page);
    const insert = this.#journal.prepare(
      'INSERT INTO item (page, place, kind, first, past, child) VALUES (?, ?, ?, ?, ?, ?)',
    );
    settled.forEach((item, place) => {
      insert.run(page, place, item.kind, item.first, item.past, item.child);
    });
  }

  #isMadeHere(page: string, child: string): boolean {
    const object = this.#object(child);
    if (object === undefined) return this.#linkedView(child) !== undefined;
    return object.source === null && this.#home(object) === page;
  }

  #linkedView(child: string): string | undefined {
    return this.#journal
      .prepare<[string], string>('SELECT view FROM linked_view WHERE database = ? LIMIT 1')
      .pluck()
      .get(child);
  }

  /** How many blocks of the first run travel with the page: those whose ids nobody needs, in one request. */
  #carryOf(blocks: readonly BlockNode[], items: readonly Item[]): number {
    const first = items[0];
    if (first === undefined || first.kind !== 'run') return 0;
    const conversion = dryConversion(this.#journal);
    const nodes: WriteNode[] = [];
    const pasts: number[] = [];
    for (const block of blocks.slice(0, Math.min(first.past, 101))) {
      const converted = withPlaceholders(convertBlock(block, conversion));
      if (converted.some((node) => outline(node, 1).needsId)) break;
      nodes.push(...converted);
      pasts.push(nodes.length);
    }
    const { count, lean } = nextChunk(nodes, 0, this.#capacity);
    return lean ? 0 : pasts.filter((past) => past <= count).length;
  }

  #addRelations(object: SurveyedObject, step: Step): void {
    if (object.source === null) return;
    const links = this.#journal
      .prepare<[string], { property: string; place: number; target: string }>(
        'SELECT property, place, target FROM relation WHERE row = ? ORDER BY property, place',
      )
      .all(object.id);
    let before: { property: string; step: Step | undefined } | undefined;
    for (const { property, target } of links) {
      const side = this.#sides.get(sideKey(object.source, property));
      if (side === undefined) continue;
      const other = this.#graph.find('page', target);
      if (side.isMade) {
        this.#graph.link(step, this.#graph.find('schema', side.source, 1), 'values');
        this.#graph.link(step, other, 'values');
      } else if (side.mirror !== undefined) {
        // The other side is written: rows come in this list's order when they are made in it.
        if (other !== undefined && before?.property === property)
          this.#graph.link(other, before.step, 'sequence');
        before = { property, step: other };
      }
    }
  }

  #wantAll(step: Step, block: BlockNode, soft: Soft): void {
    for (const reference of blockReferences(block)) this.#want(step, reference, soft);
  }

  #want(step: Step, reference: Reference, soft: Soft): void {
    if (reference.kind === 'object' || reference.kind === 'link')
      this.#graph.link(step, this.#stepOf(reference.id), soft);
    else if (reference.kind === 'block') {
      const home = this.#journal
        .prepare<[string], { page: string; first: number }>(
          'SELECT page, first FROM block_home WHERE block = ?',
        )
        .get(reference.id);
      if (home === undefined) return;
      const item = this.#journal
        .prepare<[string, number, number], number>(
          "SELECT place FROM item WHERE page = ? AND kind = 'run' AND first <= ? AND past > ? LIMIT 1",
        )
        .pluck()
        .get(home.page, home.first, home.first);
      if (item === undefined) return;
      const owner = this.#graph.step('run', home.page, item, `page:${home.page}`);
      // Within one run, what comes first is written first.
      if (owner.id !== step.id) this.#graph.link(step, owner, soft);
    }
  }

  #stepOf(id: string): Step | undefined {
    const object = this.#object(id);
    if (object !== undefined) return this.#graph.find(creationOf(object), id);
    return this.#graph.find('linked', id);
  }
}

/** The kind of step that makes an object. */
function creationOf(object: SurveyedObject): StepKind {
  return object.linked === 1 ? 'linked' : object.kind;
}

/** A conversion that knows everything: for sizes and shapes before anything exists. */
export function dryConversion(journal: Journal): Conversion {
  const wanted = journal.prepare<[string], string>('SELECT block FROM wanted WHERE block = ?').pluck();
  return {
    object: () => unknownId,
    person: () => unknownId,
    customEmoji: () => unknownId,
    customEmojiFile: () => undefined,
    maxFileBytes: Number.MAX_SAFE_INTEGER,
    markers: true,
    note: () => {},
    wantsId: (block) => wanted.get(block) !== undefined,
    attach: () => {},
  };
}
