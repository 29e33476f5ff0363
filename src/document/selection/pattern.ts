/**
 * One pattern of a selection: the objects that it names, by id, by name or by path. Names and paths are those that `ls`
 * shows, without the digits of the id: a title as a safe file name.
 */
import { KlosetError } from '../../errors.ts';
import { safeName } from '../names.ts';
import { parseNotionId } from '../notion-id.ts';
import type { Step } from './glob.ts';
import { matchesSteps } from './glob.ts';

export type SelectedKind = 'page' | 'database';

/** One name of a path: its characters, and the digits with which the id has to end. */
interface NamePattern {
  readonly steps: readonly Step<string>[];
  readonly idEnd: string | undefined;
}

type Form =
  /** An id in full, or its last digits; `name` is what else such digits may be. */
  | { readonly type: 'id'; readonly idEnd: string; readonly name: string | undefined }
  /** A name at any depth. */
  | { readonly type: 'name'; readonly name: NamePattern }
  /** A path from the top. */
  | { readonly type: 'path'; readonly names: readonly Step<NamePattern>[] };

export interface Pattern {
  /** As it was typed. */
  readonly text: string;
  readonly kind: SelectedKind | undefined;
  readonly form: Form;
}

/** An object as patterns see it. */
export interface Named {
  readonly id: string;
  readonly kind: SelectedKind;
  /** The name in `ls`, without the id; undefined while nobody knows it. */
  readonly name: string | undefined;
  /** Compact ids of the data sources of a database, which stand for it, as far as they are known. */
  readonly sources: readonly string[];
  /** False while it may have more of them. */
  readonly hasAllSources: boolean;
}

/** A part of a path that is a folder of the tree and no object: `_templates`. */
export interface Folder {
  readonly folder: string;
}

export type PathPart = Named | Folder;

/** `undefined`: nobody can tell yet. */
export type Known = boolean | undefined;

/** @param option the flag or setting it stands in, for messages. @throws KlosetError `usage` for a pattern that can match nothing */
export function parsePattern(typed: string, option: string): Pattern {
  const text = typed.trim().normalize('NFC');
  const [, prefix, rest = text] = /^(page|database|title):(.*)$/s.exec(text) ?? [];
  if (rest.trim() === '') throw badPattern(option, typed, 'is empty');
  if (prefix === 'title') return { text, kind: undefined, form: exactName(rest) };
  const kind = prefix === 'page' || prefix === 'database' ? prefix : undefined;
  return { text, kind, form: formOf(rest.trim(), option, typed) };
}

/** True when the pattern can be told by the id alone. */
export function isById({ form }: Pattern): boolean {
  return form.type === 'id' && form.name === undefined;
}

/** The id in full, where the pattern gives one. */
export function idIn({ form }: Pattern): string | undefined {
  return form.type === 'id' && form.idEnd.length === 32 ? form.idEnd : undefined;
}

/**
 * True when the pattern names the last object of `path` itself.
 * @param path from the top to the object; what stands above is not known when `isWhole` is false
 */
export function matchesPattern(
  { kind, form }: Pattern,
  path: readonly PathPart[],
  { isWhole }: { readonly isWhole: boolean },
): Known {
  const object = path.at(-1);
  if (object === undefined || 'folder' in object) return false;
  if (kind !== undefined && object.kind !== kind) return false;
  if (form.type === 'id') return matchesId(form, object);
  if (form.type === 'name') return matchesName(form.name, object);
  if (!isWhole || path.some((part) => !('folder' in part) && part.name === undefined)) return undefined;
  return matchesSteps(form.names, path, (wanted, part) => matchesName(wanted, part) === true);
}

function matchesId({ idEnd, name }: Extract<Form, { type: 'id' }>, object: Named): Known {
  if (object.id.endsWith(idEnd) || object.sources.some((id) => id.endsWith(idEnd))) return true;
  if (!object.hasAllSources) return undefined;
  return name === undefined ? false : object.name === undefined ? undefined : object.name === name;
}

function matchesName({ steps, idEnd }: NamePattern, part: PathPart): Known {
  const name = 'folder' in part ? part.folder : part.name;
  if (idEnd !== undefined && ('folder' in part || !part.id.endsWith(idEnd))) return false;
  if (name === undefined) return undefined;
  return matchesSteps(steps, [...name], (wanted, char) => wanted === char);
}

function formOf(text: string, option: string, typed: string): Form {
  const id = parseNotionId(text);
  if (id !== undefined) return { type: 'id', idEnd: id, name: undefined };
  if (/^https?:\/\//i.test(text)) throw badPattern(option, typed, 'is an address without the id of a page');
  if (/^[0-9a-f]{8,31}$/.test(text)) return { type: 'id', idEnd: text, name: text };
  const names = text.replace(/^\/+|\/+$/g, '').split(/\/+/);
  if (names.join('') === '') throw badPattern(option, typed, 'names nothing');
  // As in a .gitignore: a slash before the end ties the pattern to the top.
  const isPath = text.replace(/\/+$/, '').includes('/');
  const [first = ''] = names;
  if (!isPath && first !== '**') return { type: 'name', name: namePattern(first) };
  const steps = names.map(
    (name): Step<NamePattern> => (name === '**' ? { type: 'many' } : { type: 'one', is: namePattern(name) }),
  );
  // `Home/**` is what lies below Home, not Home itself.
  return { type: 'path', names: names.at(-1) === '**' ? [...steps, { type: 'any' }] : steps };
}

function exactName(title: string): Form {
  const steps = [...safeName(title)].map((char): Step<string> => ({ type: 'one', is: char }));
  return { type: 'name', name: { steps, idEnd: undefined } };
}

/** Characters that a name cannot have stand in it as `_` does in the tree; `~1a2b3c4d` at the end is the end of the id. */
function namePattern(text: string): NamePattern {
  const [, stem = text, idEnd] = /^(.*)~([0-9a-f]{8,32})$/s.exec(text) ?? [];
  const steps: Step<string>[] = [];
  const chars = [...stem.replace(/\s+/g, ' ')];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      steps.push({ type: 'one', is: safeChar(chars[at] ?? '') });
    } else if (char === '*') steps.push({ type: 'many' });
    else if (char === '?') steps.push({ type: 'any' });
    else steps.push({ type: 'one', is: safeChar(char) });
  }
  return { steps, idEnd };
}

function safeChar(char: string): string {
  if (char === '~') return '-';
  return /[/\\:*?"<>|]/.test(char) ? '_' : char;
}

function badPattern(option: string, typed: string, problem: string): KlosetError {
  return new KlosetError('usage', `${option}: the pattern ${JSON.stringify(typed)} ${problem}.`, {
    hint: 'Give the id or address of a page or database, a title, or a path like "/Home/Private".',
  });
}
