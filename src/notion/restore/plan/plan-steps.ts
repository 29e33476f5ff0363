/**
 * Turns the survey's results into steps and their dependencies: parents before children, siblings in their order, and, as
 * far as possible, referred objects before those that refer to them.
 */
import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { convertBlock } from '../blocks/block-payload.ts';
import { maxArray, nextBatch, outline, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { PageItem } from '../journal/tables/page-items.ts';
import type { DependencyKind, Step, StepKind } from '../journal/tables/steps/steps.ts';
import type { Reference } from '../requests/references.ts';
import { blockReferences, pageReferences } from '../requests/references.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import { dryConversion } from './dry-conversion.ts';
import { SchemaPlanner } from './plan-schemas.ts';
import { settleItems } from './settle-items.ts';

export interface PlanStepsOptions {
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly comments: boolean;
  /** True when each page begins with a marker of its origin. */
  readonly markers: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes all steps into the journal. */
export async function planSteps(options: PlanStepsOptions): Promise<void> {
  const { journal, snapshot, signal } = options;
  const planner = new StepPlanner(journal, options);
  journal.atomically(() => planner.addObjects());
  journal.atomically(() => planner.addSchemas());
  for (const object of journal.objects.all()) {
    signal?.throwIfAborted();
    if (object.kind === 'database') journal.atomically(() => planner.addDatabase(object));
    else {
      const document = await readPage(snapshot, object.path);
      const references = [...pageReferences(document.page)];
      journal.atomically(() =>
        planner.addPage(object, document.blocks, references, document.comments.length),
      );
    }
  }
}

class StepPlanner {
  readonly #journal: Journal;
  readonly #comments: boolean;
  readonly #schemas: SchemaPlanner;
  readonly #capacity: number;

  constructor(
    journal: Journal,
    { comments, markers }: { readonly comments: boolean; readonly markers: boolean },
  ) {
    this.#journal = journal;
    this.#schemas = new SchemaPlanner(journal);
    this.#comments = comments;
    this.#capacity = markers ? maxArray - 1 : maxArray;
  }

  /** Adds the creation of every object and data source, with the required dependencies: parents first. */
  addObjects(): void {
    const { objects, progress, steps } = this.#journal;
    for (const object of objects.all()) {
      const home = objects.pageAbove(object);
      const mutex = object.source !== null ? `source:${object.source}` : `page:${home ?? ''}`;
      const step = steps.ensure(creationOf(object), object.id, 0, mutex);
      if (object.isLinked) progress.setPageOfLinkedDatabase(object.id, home);
      else if (object.kind === 'database') this.#addSources(object.id, step);
      if (object.source === null)
        steps.addDependency(step, home === undefined ? undefined : steps.find('page', home));
    }
    for (const object of objects.all()) {
      if (object.kind === 'page')
        settleItems(this.#journal, object.id, (child) => this.#isCreatedOn(object.id, child));
      const step = object.source === null ? undefined : steps.find('page', object.id);
      if (step !== undefined && object.source !== null)
        steps.addDependency(step, this.#schemas.sourceStep(object.source));
    }
  }

  #addSources(database: CompactId, step: Step): void {
    const { dataSources, steps } = this.#journal;
    let before = step;
    for (const source of dataSources.of(database).slice(1)) {
      const place = dataSources.get(source)?.place ?? 0;
      const next = steps.ensure('source', database, place, `database:${database}`);
      steps.addDependency(next, before);
      before = next;
    }
  }

  addSchemas(): void {
    this.#schemas.addSchemas();
  }

  addDatabase(object: RestoredObject): void {
    const { steps } = this.#journal;
    if (object.isLinked) {
      const step = steps.find('linked', object.id);
      if (step !== undefined) this.#schemas.awaitSources(step);
      return;
    }
    const mutex = `database:${object.id}`;
    steps.ensure('views', object.id, 0, mutex, 2);
    if (object.isLocked) steps.ensure('lock', object.id, 0, mutex, 4);
  }

  addPage(
    object: RestoredObject,
    blocks: readonly BlockNode[],
    references: readonly Reference[],
    comments: number,
  ): void {
    const journal = this.#journal;
    const { steps } = journal;
    const step = steps.find('page', object.id);
    if (step === undefined) return;
    const mutex = `page:${object.id}`;
    const items = journal.items.of(object.id);
    const withPage = this.#blocksWithPage(blocks, items);
    journal.objects.setBlocksWithPage(object.id, withPage);
    for (const reference of references) this.#addReference(step, reference, 'values');
    for (const block of blocks.slice(0, withPage)) this.#addReferences(step, block, 'content');
    this.#schemas.addRelations(object, step);
    this.#addItems(object.id, step, items, { blocks, withPage });
    if (comments > 0 && this.#comments) steps.ensure('comments', object.id, 0, mutex, 2);
    if (journal.comments.linksOf(object.id).length > 0) steps.ensure('links', object.id, 0, mutex, 3);
    if (object.isLocked) steps.ensure('lock', object.id, 0, mutex, 4);
  }

  /** Siblings in their order: each child object waits for the blocks and the object before it. */
  #addItems(
    page: CompactId,
    step: Step,
    items: readonly PageItem[],
    { blocks, withPage }: { blocks: readonly BlockNode[]; withPage: number },
  ): void {
    const { steps } = this.#journal;
    let before = step;
    let movable: Step[] = [];
    for (const item of items) {
      const first = item.place === 0 ? withPage : item.first;
      const next =
        item.kind === 'segment'
          ? this.#addSegment(page, item, blocks.slice(first, item.past))
          : this.#childStep(page, item.child);
      if (next === undefined) continue;
      steps.addDependency(next, before);
      for (const earlier of movable) steps.addDependency(next, earlier, 'siblingOrder');
      // Segments and linked databases can be put in their place later; objects cannot.
      if (next.kind === 'segment' || next.kind === 'linked') movable = [...movable, next];
      else [before, movable] = [next, []];
    }
  }

  #addSegment(page: CompactId, item: PageItem, blocks: readonly BlockNode[]): Step | undefined {
    if (blocks.length === 0) return undefined;
    const segment = this.#journal.steps.ensure('segment', page, item.place, `page:${page}`);
    for (const block of blocks) this.#addReferences(segment, block, 'segment');
    return segment;
  }

  /** The step that creates the object a child block stands for. */
  #childStep(page: CompactId, child: CompactId | null): Step | undefined {
    const { linkedViews, objects, progress, steps } = this.#journal;
    if (child === null) return undefined;
    const object = objects.get(child);
    if (object !== undefined) return steps.find(creationOf(object), child);
    if (!linkedViews.has(child)) return undefined;
    const step = steps.ensure('linked', child, 0, `page:${page}`);
    steps.addDependency(step, steps.find('page', page));
    progress.setPageOfLinkedDatabase(child, page);
    this.#schemas.awaitSources(step);
    return step;
  }

  #isCreatedOn(page: CompactId, child: CompactId): boolean {
    const { linkedViews, objects } = this.#journal;
    const object = objects.get(child);
    if (object === undefined) return linkedViews.has(child);
    return object.source === null && objects.pageAbove(object) === page;
  }

  /** Number of blocks of the first segment that fit into the request for the page and whose ids nobody needs. */
  #blocksWithPage(blocks: readonly BlockNode[], items: readonly PageItem[]): number {
    const first = items[0];
    if (first === undefined || first.kind !== 'segment') return 0;
    const conversion = dryConversion(this.#journal);
    const nodes: WriteNode[] = [];
    const ends: number[] = [];
    for (const block of blocks.slice(0, Math.min(first.past, 101))) {
      const converted = withPlaceholders(convertBlock(block, conversion));
      if (converted.some((node) => outline(node, 1).needsId)) break;
      nodes.push(...converted);
      ends.push(nodes.length);
    }
    const { count, isMinimal } = nextBatch(nodes, 0, this.#capacity);
    return isMinimal ? 0 : ends.filter((end) => end <= count).length;
  }

  #addReferences(step: Step, block: BlockNode, kind: DependencyKind): void {
    for (const reference of blockReferences(block)) this.#addReference(step, reference, kind);
  }

  #addReference(step: Step, reference: Reference, kind: DependencyKind): void {
    const { steps } = this.#journal;
    if (reference.kind === 'object' || reference.kind === 'link')
      steps.addDependency(step, this.#stepOf(reference.id), kind);
    else if (reference.kind === 'block') {
      const original = this.#segmentOf(reference.id);
      // Within one segment, originals that come first are written first.
      if (original !== undefined && original.id !== step.id) steps.addDependency(step, original, kind);
    }
  }

  /** The step that writes the segment with this original of a synced block. */
  #segmentOf(block: CompactId): Step | undefined {
    const { blocks, items, steps } = this.#journal;
    const home = blocks.homeOf(block);
    if (home === undefined) return undefined;
    const place = items.segmentAt(home.page, home.first);
    return place === undefined ? undefined : steps.ensure('segment', home.page, place, `page:${home.page}`);
  }

  #stepOf(id: CompactId): Step | undefined {
    const { objects, steps } = this.#journal;
    const object = objects.get(id);
    return object === undefined ? steps.find('linked', id) : steps.find(creationOf(object), id);
  }
}

/** The kind of step that creates an object. */
function creationOf({ isLinked, kind }: RestoredObject): StepKind {
  return isLinked ? 'linked' : kind;
}
