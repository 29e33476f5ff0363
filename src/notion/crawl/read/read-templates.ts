/** The templates of a data source. Each is a page of its own that no query or search shows. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { isUnknownEndpoint, reasonOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

/** Lists the templates of `source` and puts their pages among those to be read. Never throws for one list. */
export async function readTemplates(
  context: CrawlContext,
  source: JsonObject,
  gaps: Gap[],
): Promise<JsonObject[]> {
  const sourceId = idOf(source);
  if (sourceId === undefined || context.refused.has('templates')) return [];
  const templates: JsonObject[] = [];
  try {
    const path = `data_sources/${dashedId(sourceId)}/templates`;
    for await (const page of context.api.list({ method: 'get', path }, { itemsIn: 'templates' })) {
      templates.push(...page.items);
      if (page.incomplete !== undefined)
        gaps.push({ what: 'templates', id: sourceId, reason: page.incomplete });
    }
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    if (isUnknownEndpoint(error)) context.refused.add('templates', reasonOf(error));
    else gaps.push({ what: 'templates', id: sourceId, reason: reasonOf(error) });
  }
  if (templates.some((template) => idOf(template) === undefined))
    gaps.push({ what: 'templates', id: sourceId, reason: 'a template came without its id' });
  context.state.transaction(() => {
    for (const template of templates) recordTemplate(context, template, sourceId);
  });
  return templates;
}

function recordTemplate(context: CrawlContext, template: JsonObject, sourceId: string): void {
  const id = idOf(template);
  if (id === undefined) return;
  const { objects } = context.state;
  objects.add({ id, kind: 'page', state: 'pending', templateOf: sourceId });
  objects.addPath(id, 'template');
  objects.setTemplateOf(id, sourceId);
}
