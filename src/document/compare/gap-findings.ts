/** Verdicts on what one of the two snapshots does not have, and what therefore cannot be compared. */
import type { Gap, PageDocument } from '../documents.ts';
import { Gaps, gapText, missingFile } from '../gaps.ts';
import type { Json } from '../json.ts';
import { arrayAt, isObject, objectAt } from '../json.ts';
import type { Finding } from './block-diff.ts';

/** One `unknown` for each gap of the original or of the copy. */
export function gapFindings(gaps: readonly Gap[], side: 'original' | 'copy'): Finding[] {
  return gaps.map((gap) => ({
    verdict: 'unknown',
    what: gap.what,
    at: side === 'original' ? gap.id : `copy/${gap.id}`,
    reason: `${side === 'original' ? '' : 'read back: '}${gapText(gap)}: ${gap.reason}`,
  }));
}

/** Names of the properties of a page that are not whole: their value was cut, or a file of theirs was not fetched. */
export function unknownProperties(document: PageDocument, withFiles: boolean): Set<string> {
  const gaps = new Gaps(document);
  const properties = Object.entries(objectAt(document.page, 'properties') ?? {});
  return new Set(
    properties
      .filter(
        ([name, property]) =>
          gaps.ofProperty(name, property) !== undefined || (withFiles && hasMissing(property)),
      )
      .map(([name]) => name),
  );
}

function hasMissing(property: Json): boolean {
  return arrayAt(property, 'files').some((file) => isObject(file) && missingFile(file) !== undefined);
}
