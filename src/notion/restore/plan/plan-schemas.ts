/** The steps that give data sources the properties that name others, and what rows and linked views wait for because of them. */

import type { RelationSide } from '../databases/schema-levels.ts';
import { levelsOf, relationSides, schemasIn, sideKey } from '../databases/schema-levels.ts';
import type { Journal } from '../journal/journal.ts';
import type { SurveyedObject } from '../journal/objects.ts';
import type { Step, StepGraph } from '../journal/steps.ts';

export class SchemaPlanner {
  readonly #journal: Journal;
  readonly #graph: StepGraph;
  #sides: ReadonlyMap<string, RelationSide> = new Map();

  constructor(journal: Journal, graph: StepGraph) {
    this.#journal = journal;
    this.#graph = graph;
  }

  /** The step that makes a data source. */
  sourceStep(source: string): Step | undefined {
    const row = this.#journal
      .prepare<[string], { owner: string; place: number }>('SELECT owner, place FROM source WHERE id = ?')
      .get(source);
    if (row === undefined) return undefined;
    return row.place === 0
      ? this.#graph.find('database', row.owner)
      : this.#graph.find('source', row.owner, row.place);
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
    for (const level of [...new Set([...levels.values()].flatMap((set) => [...set]))].sort((x, y) => x - y)) {
      for (const [source, set] of levels) if (set.has(level)) this.#addSchema(source, level);
    }
  }

  #addSchema(source: string, level: number): void {
    const step = this.#graph.step('schema', source, level, `source:${source}`);
    const related = [...this.#sides.values()]
      .filter((side) => side.source === source)
      .map(({ target }) => target);
    for (const home of new Set([source, ...related])) {
      this.#graph.link(step, this.sourceStep(home));
      for (let below = 1; below < level; below += 1)
        this.#graph.link(step, this.#graph.find('schema', home, below));
    }
  }

  /** The last step that gives a data source its properties. */
  finishedSource(source: string): Step | undefined {
    const level = this.#journal
      .prepare<[string], number | null>("SELECT max(part) FROM step WHERE kind = 'schema' AND object = ?")
      .pluck()
      .get(source);
    return typeof level === 'number' ? this.#graph.find('schema', source, level) : this.sourceStep(source);
  }

  /** A linked view needs the whole schema of what it shows. */
  awaitSources(step: Step): void {
    const views = this.#journal
      .prepare<[string], string>('SELECT view FROM linked_view WHERE database = ?')
      .pluck()
      .all(step.object)
      .join()
      .replaceAll('-', '');
    for (const source of this.#journal.prepare<[], string>('SELECT id FROM source').pluck().all())
      if (views.includes(source)) this.#graph.link(step, this.finishedSource(source), 'linked');
  }

  /** Rows wait for the rows their relations name, on the side that is written. */
  addRelations(object: SurveyedObject, step: Step): void {
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
}
