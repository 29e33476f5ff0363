/** Rich text for requests: runs within the API's lengths, mentions and links remapped, read-only mentions as text. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { linkedId } from '../../../document/notion-id.ts';
import { textColours } from './colours.ts';
import type { Conversion } from './conversion.ts';
import { dateRequest } from './dates.ts';
import { linkUrl, pageUrl, remappedUrl } from './links.ts';

/** The maximum of characters in one run, and of runs in one array (API reference, "Request limits"). */
export const maxRunLength = 2_000;
export const maxRuns = 100;
const maxExpressionLength = 1_000;

/**
 * The runs as requests take them, except that there may be more than `maxRuns`.
 * @param id what the text belongs to, for notes
 */
export function writableRuns(runs: Json | undefined, id: string, conversion: Conversion): JsonObject[] {
  if (!Array.isArray(runs)) return [];
  const written = runs.flatMap((run) => (isObject(run) ? writeRun(run, id, conversion) : []));
  return written.length > maxRuns ? mergeAlike(written) : written;
}

/** As `writableRuns`, cut at the limit; the text beyond it loses its style, or is lost. */
export function boundedRuns(runs: Json | undefined, id: string, conversion: Conversion): JsonObject[] {
  const written = writableRuns(runs, id, conversion);
  if (written.length <= maxRuns) return written;
  conversion.note(
    'approximated',
    'rich text',
    id,
    `only the first ${maxRuns} runs of its text fit into a request`,
  );
  return joinTail(written);
}

/** One run, or several of at most 2,000 characters each. */
export function textRuns(content: string, link?: string, annotations: JsonObject = {}): JsonObject[] {
  return pieces(content).map((piece) => ({
    type: 'text',
    text: link === undefined ? { content: piece } : { content: piece, link: { url: link } },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }));
}

function writeRun(run: JsonObject, id: string, conversion: Conversion): JsonObject[] {
  const annotations = annotationsOf(run);
  if (run.type === 'equation') return writeEquation(run, annotations, id, conversion);
  if (run.type === 'mention') return writeMention(run, annotations, id, conversion);
  const text = objectAt(run, 'text');
  const content = stringAt(text, 'content') ?? stringAt(run, 'plain_text') ?? '';
  const url = stringAt(objectAt(text, 'link'), 'url');
  return textRuns(content, url === undefined ? undefined : writeLink(url, id, conversion), annotations);
}

function writeLink(url: string, id: string, conversion: Conversion): string | undefined {
  const remapped = linkUrl(remappedUrl(url, (old) => conversion.object(old)));
  if (remapped === undefined)
    conversion.note('approximated', 'rich text link', id, `the API refuses the link ${url.slice(0, 200)}`);
  else if (url.startsWith('/') && linkedId(url) === undefined)
    conversion.note(
      'approximated',
      'rich text link',
      id,
      `the relative link ${url.slice(0, 200)} became absolute`,
    );
  return remapped;
}

/** Annotations that are not at their default: those are left out. */
function annotationsOf(run: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(objectAt(run, 'annotations') ?? {})) {
    if (name === 'color' && typeof value === 'string' && value !== 'default' && textColours.has(value))
      kept.color = value;
    else if (flags.has(name) && value === true) kept[name] = true;
  }
  return kept;
}

const flags = new Set(['bold', 'italic', 'strikethrough', 'underline', 'code']);

function writeEquation(
  run: JsonObject,
  annotations: JsonObject,
  id: string,
  conversion: Conversion,
): JsonObject[] {
  const expression = stringAt(objectAt(run, 'equation'), 'expression') ?? '';
  if (expression !== '' && expression.length <= maxExpressionLength)
    return [styled({ type: 'equation', equation: { expression } }, annotations)];
  if (expression !== '')
    conversion.note(
      'approximated',
      'rich text equation',
      id,
      'longer than 1,000 characters: written as text',
    );
  return textRuns(expression, undefined, { ...annotations, code: true });
}

function writeMention(
  run: JsonObject,
  annotations: JsonObject,
  id: string,
  conversion: Conversion,
): JsonObject[] {
  const mention = objectAt(run, 'mention') ?? {};
  const type = stringAt(mention, 'type') ?? '';
  const written = writableMention(type, objectAt(mention, type) ?? {}, conversion);
  if (written !== undefined) return [styled({ type: 'mention', mention: { type, ...written } }, annotations)];
  const { text, link, reason } = mentionAsText(type, objectAt(mention, type) ?? {}, run);
  conversion.note('approximated', `mention ${type}`, id, reason);
  return textRuns(text, link === undefined ? undefined : linkUrl(link), annotations);
}

function writableMention(type: string, target: JsonObject, conversion: Conversion): JsonObject | undefined {
  const id = stringAt(target, 'id') ?? '';
  switch (type) {
    case 'user': {
      const person = conversion.person(id);
      return person === undefined ? undefined : { user: { object: 'user', id: person } };
    }
    case 'page':
    case 'database': {
      const object = conversion.object(id);
      return object === undefined ? undefined : { [type]: { id: object } };
    }
    case 'date': {
      const date = dateRequest(target);
      return date === undefined ? undefined : { date };
    }
    case 'custom_emoji': {
      const emoji = conversion.customEmoji(id, stringAt(target, 'name') ?? '');
      return emoji === undefined ? undefined : { custom_emoji: { id: emoji } };
    }
    case 'template_mention':
      return templateMention(target);
    default:
      return undefined;
  }
}

function templateMention(target: JsonObject): JsonObject | undefined {
  const date = target.template_mention_date;
  if (date === 'today' || date === 'now')
    return { template_mention: { type: 'template_mention_date', template_mention_date: date } };
  return target.template_mention_user === 'me'
    ? { template_mention: { type: 'template_mention_user', template_mention_user: 'me' } }
    : undefined;
}

function mentionAsText(
  type: string,
  target: JsonObject,
  run: JsonObject,
): { text: string; link?: string; reason: string } {
  const plain = stringAt(run, 'plain_text') ?? '';
  switch (type) {
    case 'user':
      return {
        text: plain || '@Unknown',
        reason: 'the person is not in the target workspace: written as text',
      };
    case 'page':
    case 'database':
      return {
        text: plain || 'Untitled',
        link: pageUrl(stringAt(target, 'id') ?? ''),
        reason: 'what it points at cannot be seen: written as a link',
      };
    case 'link_preview':
      return linked(plain, stringAt(target, 'url'));
    case 'link_mention':
      return linked(stringAt(target, 'title') || plain, stringAt(target, 'href'));
    default:
      return {
        text: plain,
        ...optionalLink(stringAt(run, 'href')),
        reason: 'no request can write it: written as text',
      };
  }
}

function linked(text: string, url: string | undefined): { text: string; link?: string; reason: string } {
  return {
    text: text || url || 'link',
    ...optionalLink(url),
    reason: 'no request can write it: written as a linked text',
  };
}

function optionalLink(url: string | undefined): { link?: string } {
  return url === undefined || url === '' ? {} : { link: url };
}

function styled(run: JsonObject, annotations: JsonObject): JsonObject {
  return Object.keys(annotations).length === 0 ? run : { ...run, annotations };
}

/** Pieces of at most 2,000 UTF-16 units; a character of two units is not cut. */
function pieces(content: string): string[] {
  const cut: string[] = [];
  for (let from = 0; from < content.length; ) {
    let past = Math.min(from + maxRunLength, content.length);
    const last = content.charCodeAt(past - 1);
    if (past < content.length && last >= 0xd800 && last <= 0xdbff) past -= 1;
    cut.push(content.slice(from, past));
    from = past;
  }
  return cut;
}

/** Joins neighbours of the same style as far as one run may hold them. */
function mergeAlike(runs: readonly JsonObject[]): JsonObject[] {
  const merged: JsonObject[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    const joined = last === undefined ? undefined : joinedText(last, run);
    if (joined === undefined) merged.push(run);
    else merged[merged.length - 1] = joined;
  }
  return merged;
}

function joinedText(a: JsonObject, b: JsonObject): JsonObject | undefined {
  if (a.type !== 'text' || b.type !== 'text' || styleKey(a) !== styleKey(b)) return undefined;
  const content = contentOf(a) + contentOf(b);
  return content.length > maxRunLength ? undefined : { ...a, text: { ...objectAt(a, 'text'), content } };
}

function styleKey(run: JsonObject): string {
  return JSON.stringify([run.annotations ?? null, objectAt(run, 'text')?.link ?? null]);
}

function contentOf(run: JsonObject): string {
  return stringAt(objectAt(run, 'text'), 'content') ?? '';
}

/** The first 99 runs, and as much of the rest as one plain run holds. */
function joinTail(runs: readonly JsonObject[]): JsonObject[] {
  const tail = runs
    .slice(maxRuns - 1)
    .map(contentOf)
    .join('');
  return [...runs.slice(0, maxRuns - 1), ...textRuns(tail).slice(0, 1)];
}
