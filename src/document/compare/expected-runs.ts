/**
 * Rich text as a perfect restore would show it. Argued from the API reference alone ("Rich text"); shares nothing with
 * the code that restores.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import type { Destination, NoteImpossible } from './context.ts';

/** Runs as a request can give them: what is read-only becomes the text it shows, with its link. */
export function expectedRuns(
  runs: readonly Json[],
  destination: Destination,
  impossible: NoteImpossible,
): Json[] {
  return runs.map((run) => {
    if (!isObject(run) || run.type === 'text') return run;
    if (run.type === 'equation') return expectedEquation(run, impossible);
    if (run.type === 'mention') return expectedMention(run, destination, impossible);
    impossible(`text of the kind ${String(run.type)}`);
    return asText(run, undefined);
  });
}

/** Max length of an expression in a request. */
const maxExpression = 1_000;

/** True for an expression that no request can give as an equation. */
export function isUnwritableExpression(expression: string): boolean {
  return expression === '' || expression.length > maxExpression;
}

function expectedEquation(run: JsonObject, impossible: NoteImpossible): Json {
  const expression = stringAt(objectAt(run, 'equation'), 'expression') ?? '';
  if (!isUnwritableExpression(expression)) return run;
  impossible('equation that is empty or longer than 1,000 characters');
  const code = { ...objectAt(run, 'annotations'), code: true };
  return asText({ ...run, plain_text: expression, annotations: code }, undefined);
}

function expectedMention(run: JsonObject, destination: Destination, impossible: NoteImpossible): Json {
  const mention = objectAt(run, 'mention') ?? {};
  const type = stringAt(mention, 'type') ?? '';
  const target = objectAt(mention, type) ?? {};
  const id = compactId(stringAt(target, 'id') ?? '');
  switch (type) {
    case 'page':
    case 'database':
      if (destination.isRestored(id) || destination.isThere?.(id) === true) return run;
      impossible('mention of what is not in the snapshot');
      return asText(run, `https://www.notion.so/${id}`);
    case 'user':
      if (destination.isPerson(id)) return run;
      impossible('mention user who is not in the workspace');
      return asText(run, undefined);
    case 'custom_emoji':
      if (destination.isEmoji?.(id) !== false) return run;
      impossible('mention custom_emoji that is not in the workspace');
      return asText(run, stringAt(run, 'href'));
    case 'date':
    case 'template_mention':
      return run;
    case 'link_preview':
      impossible('mention link_preview');
      return asText(run, stringAt(target, 'url'));
    case 'link_mention': {
      // The app shows its title; the plain text of the answer is its address.
      impossible('mention link_mention');
      const title = stringAt(target, 'title') ?? '';
      return asText(title === '' ? run : { ...run, plain_text: title }, stringAt(target, 'href'));
    }
    default:
      impossible(`mention ${type}`);
      return asText(run, stringAt(run, 'href'));
  }
}

function asText(run: JsonObject, url: string | undefined): JsonObject {
  return {
    type: 'text',
    text: { content: stringAt(run, 'plain_text') ?? '', link: url === undefined ? null : { url } },
    annotations: run.annotations ?? {},
    plain_text: run.plain_text ?? '',
  };
}
