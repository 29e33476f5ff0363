/** A document beside its Markdown: the facts that differ. */
import { diffArrays } from 'diff';
import type { PageDocument } from '../../../src/document/documents.ts';
import { pageMarkdown } from '../../../src/document/render/markdown.ts';
import { documentFacts, hrefOfObject } from './document-facts.ts';
import { factLines } from './facts.ts';
import { markdownFacts } from './markdown-facts.ts';

/** Lines of facts that are only in the document (`-`) or only in its Markdown (`+`). */
export function compareFacts(document: PageDocument): {
  readonly differences: readonly string[];
  readonly count: number;
  readonly text: string;
} {
  const markdown = pageMarkdown(document, { object: (id) => hrefOfObject(id) });
  const expected = factLines(documentFacts(document));
  const hasProperties = Object.keys(document.page.properties ?? {}).length > 1;
  const found = factLines(markdownFacts(markdown, { hasProperties }));
  return { differences: differing(expected, found), count: expected.length, text: markdown };
}

function differing(expected: string[], found: string[]): string[] {
  return diffArrays(expected, found).flatMap(({ added, removed, value }) =>
    added || removed ? value.map((line) => `${removed ? '-' : '+'} ${line}`) : [],
  );
}
