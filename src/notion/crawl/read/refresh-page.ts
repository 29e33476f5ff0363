/** Takes the page object of an unchanged page anew, its blocks and comments from the previous snapshot. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import { titleOf } from '../../../document/title.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { Tallies } from '../context/known-types.ts';
import { tallyUnknown } from '../context/known-types.ts';
import { nameStemOf } from '../context/names.ts';
import { editedOf, isTrashed } from '../context/notion-object.ts';
import { learnRelated } from '../context/record-data-source.ts';
import { collectReferences, noReferences } from '../context/references.ts';
import { isUnsupported } from '../state/crawl-errors.ts';
import { parentOf } from '../state/parent.ts';
import { completeProperties } from './complete-properties.ts';
import { keepStoredMedia } from './keep-stored-media.ts';
import type { ObjectFiles } from './object-files.ts';
import type { FoundPage } from './page-content.ts';
import { getPage } from './page-content.ts';
import { readPreviousDocument } from './previous-document.ts';
import { saveGaps, saveReferences, saveTallies, writeDocument } from './write-document.ts';

/** @returns false when the previous document cannot be read: then the page has to be read whole */
export async function refreshPage(
  context: CrawlContext,
  id: string,
  { page }: FoundPage,
  files: ObjectFiles,
): Promise<boolean> {
  const before = await readPreviousDocument(context, id);
  if (before === undefined) return false;
  keepStoredMedia(context, id, before, files);
  await files.collect(page, () => getPage(context, id));
  const propertyGaps = await completeProperties(context, id, page);
  await files.fetched();
  const gaps = [...keptGaps(before), ...propertyGaps, ...files.gaps];
  const { gaps: _gaps, ...kept } = before;
  const document: JsonObject = { ...kept, page, ...(gaps.length === 0 ? {} : { gaps }) };
  const edited = editedOf(page);
  const written = await writeDocument(context, id, 'page.json', document, files, edited);
  const references = noReferences();
  collectReferences(page, references);
  context.state.transaction(() => {
    context.state.entries.save(written);
    context.state.errors.clear(id);
    saveGaps(context, id, gaps);
    saveReferences(context, references);
    learnRelated(context, page);
    saveTallies(context, new Map());
    context.state.objects.markPageRead(id, {
      edited,
      nameStem: nameStemOf(titleOf(page)),
      parent: parentOf(page),
      isTrashed: isTrashed(page),
      gaps: gaps.filter(({ reason }) => !isUnsupported(reason)).length,
      isRecentlyEdited: false,
      hasChanged: false,
      isCarried: true,
    });
    saveHoldings(context, id, page);
  });
  return true;
}

/** The gaps of blocks and comments, which are taken over with what they lie in. */
function keptGaps(document: JsonObject): Gap[] {
  return arrayAt(document, 'gaps')
    .filter(isObject)
    .map((gap) => ({
      what: stringAt(gap, 'what') ?? '',
      id: stringAt(gap, 'id') ?? '',
      reason: stringAt(gap, 'reason') ?? '',
    }))
    .filter(({ what }) => !what.startsWith('property ') && what !== 'media');
}

/** Types that nobody knows may have come with the new page object; the rest of what the document holds stays. */
function saveHoldings(context: CrawlContext, id: string, page: JsonObject): void {
  const { objects } = context.state;
  const { tallies: before, discussed } = objects.holdingsOf(id);
  const kept = Object.entries(before).filter(([name]) => !/^unknown:(property|icon|parent):/.test(name));
  const tallies: Tallies = new Map();
  tallyUnknown(page, tallies);
  objects.setHoldings(id, {
    tallies: { ...Object.fromEntries(kept), ...Object.fromEntries(tallies) },
    discussed,
  });
}
