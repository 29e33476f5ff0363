/** The templates of a data source. Each is a page of its own that no query or search shows. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { isFatal } from '../state/end-of-run.ts';
import { idOf } from '../state/notion-object.ts';
import { reasonOf, statusOf } from '../state/read-api.ts';

/** Lists the templates of `source` and puts their pages among those to be read. Never throws for one list. */
export async function readTemplates(run: Run, source: JsonObject, gaps: Gap[]): Promise<JsonObject[]> {
  const sourceId = idOf(source);
  if (sourceId === undefined || run.refused.has('templates')) return [];
  const templates: JsonObject[] = [];
  try {
    const path = `data_sources/${dashedId(sourceId)}/templates`;
    for await (const page of run.ask.list({ method: 'get', path }, { itemsIn: 'templates' })) {
      templates.push(...page.items);
      if (page.incomplete !== undefined)
        gaps.push({ what: 'templates', id: sourceId, reason: page.incomplete });
    }
  } catch (error) {
    if (isFatal(error)) throw error;
    if (statusOf(error) === 400) run.refused.set('templates', reasonOf(error));
    else gaps.push({ what: 'templates', id: sourceId, reason: reasonOf(error) });
  }
  run.state.transaction(() => {
    for (const template of templates) sightTemplate(run, template, sourceId);
  });
  return templates;
}

function sightTemplate(run: Run, template: JsonObject, sourceId: string): void {
  const id = idOf(template);
  if (id === undefined) return;
  run.objects.add({ id, kind: 'page', state: 'wanted', templateOf: sourceId });
  run.objects.addWay(id, 'template');
  run.objects.setTemplateOf(id, sourceId);
}
