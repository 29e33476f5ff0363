/** The steps that give data sources the properties that name others, and the dependencies of rows and linked views on them. */
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { RelationSide } from '../databases/schema-levels.ts';
import { levelsOf, relationSides, sideKey } from '../databases/schema-levels.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Step } from '../journal/tables/steps/steps.ts';

export class SchemaPlanner {
  readonly #journal: Journal;
  #sides: ReadonlyMap<string, RelationSide> = new Map();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The step that creates a data source. */
  sourceStep(source: CompactId): Step | undefined {
    const { dataSources, steps } = this.#journal;
    const record = dataSources.get(source);
    if (record === undefined) return undefined;
    return record.place === 0
      ? steps.find('database', record.owner)
      : steps.find('source', record.owner, record.place);
  }

  /** Adds the properties that name others, level by level, and decides which side of a dual relation is written. */
  addSchemas(): void {
    const { dataSources, relations } = this.#journal;
    const schemas = dataSources.schemas();
    this.#sides = relationSides(this.#journal, schemas);
    for (const side of this.#sides.values()) if (!side.isCreated) relations.skip(side.source, side.property);
    const levels = new Map<CompactId, Set<number>>();
    const addLevel = (source: CompactId, level: number): void =>
      void levels.set(source, (levels.get(source) ?? new Set()).add(level));
    for (const [key, level] of levelsOf(schemas, this.#sides))
      addLevel(compactId(key.slice(0, key.indexOf('/'))), level);
    for (const source of dataSources.deferred()) addLevel(source, 1);
    for (const level of [...new Set([...levels.values()].flatMap((set) => [...set]))].sort((x, y) => x - y)) {
      for (const [source, set] of levels) if (set.has(level)) this.#addSchema(source, level);
    }
  }

  #addSchema(source: CompactId, level: number): void {
    const { steps } = this.#journal;
    const step = steps.ensure('schema', source, level, `source:${source}`);
    const related = [...this.#sides.values()]
      .filter((side) => side.source === source)
      .map(({ target }) => target);
    for (const home of new Set([source, ...related])) {
      steps.addDependency(step, this.sourceStep(home));
      for (let below = 1; below < level; below += 1)
        steps.addDependency(step, steps.find('schema', home, below));
    }
  }

  /** The last step that gives a data source its properties. */
  finishedSource(source: CompactId): Step | undefined {
    const { steps } = this.#journal;
    const level = steps.maxSchemaLevel(source);
    return level === undefined ? this.sourceStep(source) : steps.find('schema', source, level);
  }

  /** A linked view needs the whole schema of the data source it shows. */
  awaitSources(step: Step): void {
    const { dataSources, linkedViews, steps } = this.#journal;
    const views = JSON.stringify(linkedViews.of(step.object)).replaceAll('-', '');
    for (const source of dataSources.ids())
      if (views.includes(source)) steps.addDependency(step, this.finishedSource(source), 'linked');
  }

  /** Rows wait for the rows their relations name, on the side that is written. */
  addRelations(object: RestoredObject, step: Step): void {
    const { relations, steps } = this.#journal;
    if (object.source === null) return;
    let before: { property: string; step: Step | undefined } | undefined;
    for (const { property, target } of relations.of(object.id)) {
      const side = this.#sides.get(sideKey(object.source, property));
      if (side === undefined) continue;
      const other = steps.find('page', target);
      if (side.isCreated) {
        steps.addDependency(step, steps.find('schema', side.source, 1), 'values');
        steps.addDependency(step, other, 'values');
      } else if (side.mirror !== undefined) {
        // The other side is written: rows come in this list's order when they are created in it.
        if (other !== undefined && before?.property === property)
          steps.addDependency(other, before.step, 'sequence');
        before = { property, step: other };
      }
    }
  }
}
