/**
 * Rich text as a perfect restore would show it. Argued from the API reference alone ("Rich text"); shares nothing with
 * the code that restores.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import type { Destination, NoteImpossible } from './context.ts';

/** Runs as a request can give them: mentions that are read-only become the text they show, with their link. */
export function expectedRuns(
  runs: readonly Json[],
  destination: Destination,
  impossible: NoteImpossible,
): Json[] {
  return runs.map((run) => {
    const mention = isObject(run) && run.type === 'mention' ? objectAt(run, 'mention') : undefined;
    if (mention === undefined || !isObject(run)) return run;
    const type = stringAt(mention, 'type') ?? '';
    const target = objectAt(mention, type) ?? {};
    const id = compactId(stringAt(target, 'id') ?? '');
    if (type === 'link_preview' || type === 'link_mention') {
      impossible(`mention ${type}`);
      return asText(run, stringAt(target, 'url') ?? stringAt(target, 'href'));
    }
    if (objectMentions.has(type) && !destination.isRestored(id)) {
      impossible('mention of what is not in the snapshot');
      return asText(run, `https://www.notion.so/${id}`);
    }
    if (type === 'user' && !destination.isPerson(id)) {
      impossible('mention user who is not in the workspace');
      return asText(run, undefined);
    }
    return run;
  });
}

/** Mentions of pages, databases and their data sources. */
const objectMentions: ReadonlySet<string> = new Set(['page', 'database', 'data_source']);

function asText(run: JsonObject, url: string | undefined): JsonObject {
  return {
    type: 'text',
    text: { content: stringAt(run, 'plain_text') ?? '', link: url === undefined ? null : { url } },
    annotations: run.annotations ?? {},
    plain_text: run.plain_text ?? '',
  };
}
