/** An API that takes blocks as strictly as the simulator does, keeps the tree they make, and remembers every request. */
import type { JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../src/document/json.ts';
import { KlosetError } from '../../../src/errors.ts';
import type { ApiFailure, ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import { childrenCheck, countBlocks } from '../../../src/simulator/write/check/blocks.ts';
import { Problems } from '../../../src/simulator/write/check/problems.ts';

export interface Kept {
  readonly id: string;
  readonly type: string;
  readonly text: string;
  readonly children: Kept[];
}

export class TreeApi implements NotionApi {
  readonly clock = { now: () => 0, sleep: async () => {} };
  readonly root: Kept = { id: 'root', type: 'page', text: '', children: [] };
  readonly sent: ApiRequest[] = [];
  /** Blocks with this in their text are refused. */
  refuses = '';
  readonly #blocks = new Map<string, Kept>([['root', this.root]]);

  get requestsSpent(): number {
    return this.sent.length;
  }

  async request(request: ApiRequest): Promise<JsonObject> {
    this.sent.push(request);
    const id = request.path.split('/')[1] ?? '';
    if (request.method === 'delete') return this.#remove(id);
    const parent = this.#blocks.get(id);
    if (parent === undefined) throw new Error(`no block ${id}`);
    if (request.method === 'patch') return this.#append(parent, request.body ?? {});
    return {
      object: 'list',
      results: parent.children.map((child) => ({ object: 'block', id: child.id })),
      has_more: false,
      next_cursor: null,
    };
  }

  async sendFilePart(): Promise<JsonObject> {
    throw new Error('no uploads here');
  }

  #append(parent: Kept, body: JsonObject): JsonObject {
    const problems = new Problems();
    childrenCheck(parent.type, { allowsEmptyColumns: false })(body.children, 'body.children', problems);
    const count = countBlocks(body.children);
    if (count > 1_000) problems.should('body', 'hold at most 1000 blocks', count);
    if (Buffer.byteLength(JSON.stringify(body)) > 500_000) problems.should('body', 'be smaller', null);
    if (problems.found.length > 0)
      throw new Error(`refused: ${JSON.stringify(problems.found).slice(0, 500)}`);
    if (this.refuses !== '' && JSON.stringify(body.children).includes(this.refuses)) throw refusal();
    const added = arrayAt(body, 'children').map((child) => this.#keep(child));
    const at = placeOf(parent, body.position);
    parent.children.splice(at, 0, ...added);
    const shown = at + added.length === parent.children.length ? added : parent.children.slice(at);
    return { object: 'list', results: shown.map(({ id }) => ({ object: 'block', id })) };
  }

  #keep(block: unknown): Kept {
    const type = stringAt(block, 'type') ?? '';
    const payload = isObject(block) ? block[type] : undefined;
    const text = arrayAt(payload, 'rich_text')
      .map((run) => stringAt(isObject(run) ? run.text : undefined, 'content') ?? '')
      .join('');
    const kept: Kept = {
      id: `new-${this.#blocks.size}`,
      type,
      text,
      children: arrayAt(payload, 'children').map((child) => this.#keep(child)),
    };
    // Ids of children are made first; the count still grows by one for each.
    const unique = { ...kept, id: `new-${this.#blocks.size}` };
    this.#blocks.set(unique.id, unique);
    return unique;
  }

  #remove(id: string): JsonObject {
    for (const block of this.#blocks.values()) {
      const at = block.children.findIndex((child) => child.id === id);
      if (at !== -1) block.children.splice(at, 1);
    }
    return { id, in_trash: true };
  }
}

function placeOf(parent: Kept, position: unknown): number {
  const type = stringAt(position, 'type');
  if (type === 'start') return 0;
  if (type !== 'after_block') return parent.children.length;
  const anchor = stringAt(isObject(position) ? position.after_block : undefined, 'id');
  const at = parent.children.findIndex(({ id }) => id === anchor);
  if (at === -1) throw new Error(`no anchor ${anchor}`);
  return at + 1;
}

function refusal(): KlosetError {
  const cause: ApiFailure = {
    type: 'api-failure',
    status: 400,
    code: 'validation_error',
    message: 'this block is not liked',
    additionalData: null,
  };
  return new KlosetError('internal', 'refused', { cause });
}
