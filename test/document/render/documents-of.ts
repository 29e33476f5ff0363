/** The documents of a simulated workspace, as a crawl writes them. */
import type { DatabaseDocument, PageDocument } from '../../../src/document/documents.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import type { GenerateOptions } from '../../../src/simulator/sample/generated/generate.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { withSimulatedCrawl } from '../../notion/crawl/simulated-crawl.ts';

export interface WorldDocuments {
  readonly pages: readonly PageDocument[];
  readonly databases: readonly DatabaseDocument[];
}

/** A small world with every kind of block, value and view. */
export function smallWorld(seed: number): GenerateOptions {
  return {
    seed,
    pages: 4,
    databases: 1,
    rowsPerDatabase: 1,
    viewsPerDatabase: 2,
    depth: 3,
    blocksPerPage: 25,
    containersPerPage: 6,
    variety: 'every',
    media: 2,
    mediaBytes: 400,
    comments: 4,
  };
}

/** Crawls `state` and gives what was found. */
export async function documentsOf(state: State): Promise<WorldDocuments> {
  let found: JsonObject[] = [];
  await withSimulatedCrawl({ state }, async (crawls) => {
    const { snapshot } = await crawls.run();
    found = [...snapshot.all.values()].map(({ id }) => snapshot.document(id));
  });
  return sorted(found);
}

/** Documents by their kind. */
export function sorted(documents: readonly JsonObject[]): WorldDocuments {
  return {
    pages: documents.filter(({ kind }) => kind === 'page') as unknown as PageDocument[],
    databases: documents.filter(({ kind }) => kind === 'database') as unknown as DatabaseDocument[],
  };
}
