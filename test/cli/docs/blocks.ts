/** The command blocks of README and docs, as a reader sees them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../../..', import.meta.url).pathname;

export interface Line {
  /** The page, below the root of the project. */
  readonly page: string;
  /** As it is written, its comment included. */
  readonly text: string;
}

/** README and every page below docs. */
export function pages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

/** Each block of shell commands of a page, as one text. */
export function blocksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(?:sh|bash|console|shell)\n(.*?)^```/gms)].map(([, block = '']) => block);
}

/** The lines of the blocks of a page. */
export function linesOf(page: string): Line[] {
  return blocksOf(page)
    .flatMap((block) => block.split('\n'))
    .filter((text) => text.trim() !== '')
    .map((text) => ({ page, text: text.trim() }));
}

/** The words of a line up to its comment, or to a pipe or redirection, as a shell divides them; variables are filled in. */
export function wordsOf(line: string, variables: { readonly [name: string]: string } = {}): string[] {
  const words: string[] = [];
  const parts = /\s*(?:#.*$|(?<stop>[|>]).*$|(?<word>(?:"[^"]*"|'[^']*'|<\w+>|[^\s"'|>#]#?)+))/y;
  for (;;) {
    const found = parts.exec(line)?.groups;
    if (found?.word === undefined) return words;
    const plain = found.word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single);
    words.push(plain.replaceAll(/\$(\w+)/g, (_, name) => variables[name] ?? ''));
  }
}
