/**
 * Turns what the survey found into steps and what they wait for: parents before children, siblings in their order, and,
 * as far as it can be had, what is referred to before what refers to it.
 */

import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode } from '../../../document/documents.ts';
import { convertBlock } from '../blocks/block-payload.ts';
import { maxArray, nextChunk, outline, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import type { Journal } from '../journal/journal.ts';
import type { SurveyedObject } from '../journal/objects.ts';
import { objectsIn } from '../journal/objects.ts';
import type { Item } from '../journal/page-items.ts';
import { itemsOf, settleItems } from '../journal/page-items.ts';
import type { Soft, Step, StepKind } from '../journal/steps.ts';
import { StepGraph } from '../journal/steps.ts';
import type { Reference } from '../requests/references.ts';
import { blockReferences, pageReferences } from '../requests/references.ts';
import { readDatabase, readPage } from '../requests/snapshot-documents.ts';
import { dryConversion } from './dry-conversion.ts';
import { SchemaPlanner } from './plan-schemas.ts';

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

class Planner {
  readonly #journal: Journal;
  readonly #graph: StepGraph;
  readonly #comments: boolean;
  readonly #schemas: SchemaPlanner;
  readonly #capacity: number;

  constructor(
    journal: Journal,
    { comments, markers }: { readonly comments: boolean; readonly markers: boolean },
  ) {
    this.#journal = journal;
    this.#graph = new StepGraph(journal);
    this.#schemas = new SchemaPlanner(journal, this.#graph);
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
      if (object.kind === 'page')
        settleItems(this.#journal, object.id, (child) => this.#isMadeHere(object.id, child));
      const step = object.source === null ? undefined : this.#graph.find('page', object.id);
      if (step !== undefined && object.source !== null)
        this.#graph.link(step, this.#schemas.sourceStep(object.source));
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

  addSchemas(): void {
    this.#schemas.addSchemas();
  }

  addDatabase(object: SurveyedObject, isLocked: boolean): void {
    if (object.linked === 1) {
      const step = this.#graph.find('linked', object.id);
      if (step !== undefined) this.#schemas.awaitSources(step);
      return;
    }
    const lane = `database:${object.id}`;
    this.#graph.step('views', object.id, 0, lane, 2);
    if (isLocked) this.#graph.step('lock', object.id, 0, lane, 4);
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
    this.#schemas.addRelations(object, step);
    this.#chain(object.id, step, items, { blocks, carry });
    if (comments > 0 && this.#comments) this.#graph.step('comments', object.id, 0, lane, 2);
    const links = this.#journal
      .prepare<[string], number>('SELECT count(*) FROM comment_link WHERE page = ?')
      .pluck();
    if ((links.get(object.id) ?? 0) > 0) this.#graph.step('links', object.id, 0, lane, 3);
    const locked = this.#journal.prepare<[string], number>('SELECT locked FROM object WHERE id = ?').pluck();
    if (locked.get(object.id) === 1) this.#graph.step('lock', object.id, 0, lane, 4);
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
    this.#schemas.awaitSources(step);
    return step;
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
