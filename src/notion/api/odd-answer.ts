/**
 * Recognises answers that are successful and say nothing: an object that is only its id, one of a kind nobody knows, one
 * without the members that every object of its kind has. What they leave out is unknown, never empty.
 */
import { blockType } from '../../document/block-types.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { ApiFailure } from './api.ts';

export type ApiObjectKind = 'page' | 'block' | 'database' | 'data_source' | 'view' | 'comment' | 'user';

const collections: { readonly [collection: string]: ApiObjectKind } = {
  pages: 'page',
  blocks: 'block',
  databases: 'database',
  data_sources: 'data_source',
  views: 'view',
  comments: 'comment',
  users: 'user',
};

/** The reason why `object` is not a whole one of its kind, one line; undefined when it is. */
export function oddObject(kind: ApiObjectKind, object: JsonObject): string | undefined {
  if (object.object !== kind)
    return `it is not a ${wordsOf(kind)} (object: ${JSON.stringify(object.object ?? null)})`;
  const members = Object.keys(object).filter((name) => !besideTheObject.has(name));
  if (members.length === 0) return `only the id of the ${wordsOf(kind)} came`;
  const lacking = lackingIn(kind, object);
  return lacking === undefined ? undefined : `the ${wordsOf(kind)} came without its ${lacking}`;
}

/** The reason why `answer` is not the whole object that a GET of `path` asks for; undefined also for paths of other things. */
export function oddAnswer(path: string, answer: JsonObject): string | undefined {
  const [collection = '', id, ...rest] = path.split('/');
  const kind = collections[collection];
  if (kind === undefined || id === undefined || rest.length > 0) return undefined;
  const isAsked = id === 'me' || (typeof answer.id === 'string' && compactId(answer.id) === compactId(id));
  return (
    oddObject(kind, answer) ?? (isAsked ? undefined : `another ${wordsOf(kind)} came than was asked for`)
  );
}

/** The failure of a request whose answer stayed odd. */
export function oddAnswerError(where: string, reason: string): KlosetError {
  const failure: ApiFailure = {
    type: 'api-failure',
    status: 200,
    code: 'odd-answer',
    message: reason,
    additionalData: null,
  };
  return new KlosetError('unavailable', `Notion's answer cannot be used: ${reason} (${where})`, {
    cause: failure,
  });
}

/** Members that stand in an answer and say nothing of the object. */
const besideTheObject = new Set(['object', 'id', 'request_id', 'developer_survey']);

/** The member that every object of the kind has and this one has not. All recorded answers have them. */
function lackingIn(kind: ApiObjectKind, object: JsonObject): string | undefined {
  const { properties } = object;
  if (kind === 'page')
    return isObject(properties) && Object.keys(properties).length > 0 ? undefined : 'properties';
  if (kind === 'data_source') return isObject(properties) ? undefined : 'properties';
  // Before 2025-09-03 a database has properties of its own.
  if (kind === 'database')
    return Array.isArray(object.data_sources) || isObject(properties) ? undefined : 'data sources';
  if (kind === 'comment') return Array.isArray(object.rich_text) ? undefined : 'text';
  if (kind === 'view') return typeof object.type === 'string' ? undefined : 'type';
  return kind === 'block' ? lackingInBlock(object) : undefined;
}

function lackingInBlock(block: JsonObject): string | undefined {
  const { type } = block;
  if (typeof type !== 'string') return 'type';
  if (typeof block.has_children !== 'boolean') return 'has_children';
  const content = block[type];
  if (!isObject(content)) return 'content';
  return blockType(type)?.isMedia === true && typeof content.type !== 'string' ? 'file' : undefined;
}

function wordsOf(kind: ApiObjectKind): string {
  return kind.replaceAll('_', ' ');
}
