import { expect, test } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { compareFacts } from '../document/render/compare-facts.ts';
import { documentsOf, smallWorld } from '../document/render/documents-of.ts';
import { hardDocument } from '../document/render/hard-documents.ts';

test('the sample and twenty generated worlds come back from Markdown with every fact', async () => {
  const worlds = Array.from({ length: 20 }, (_, index) =>
    generateWorkspace({ ...smallWorld(index + 100), pages: 20, rowsPerDatabase: 5, comments: 20 }),
  );
  for (const world of [sampleWorkspace(), ...worlds]) {
    const { pages } = await documentsOf(world);
    for (const page of pages)
      expect([page.page.id, ...compareFacts(page).differences]).toEqual([page.page.id]);
  }
});

test('ten thousand hard pages come back from Markdown with every fact', () => {
  for (let seed = 1000; seed < 11_000; seed += 1)
    expect([seed, ...compareFacts(hardDocument(seed)).differences]).toEqual([seed]);
});
