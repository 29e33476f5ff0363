/** Cuts TypeScript source into comments, string literals and the code between them. */

export interface SourceToken {
  readonly kind: 'comment' | 'string' | 'code';
  /** As written for comments and code; without quotes for strings, `${}` standing for each expression of a template. */
  readonly text: string;
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** The code just before it on its line, up to 20 characters. */
  readonly before: string;
}

/** `${}`, for an expression inside a template. */
const expressionMark = '\u0024{}';

/** Every token in order; those of expressions inside a template follow it. */
export function sourceTokens(source: string): SourceToken[] {
  const tokens: SourceToken[] = [];
  cut(source, 0, undefined, tokens);
  return tokens;
}

/** Reads tokens from `start` until `}` closes a template's expression, or to the end. Returns the position after. */
function cut(source: string, start: number, until: '}' | undefined, tokens: SourceToken[]): number {
  let codeFrom = start;
  let depth = 0;
  let at = start;
  const add = (kind: SourceToken['kind'], from: number, text: string) => {
    const line = source.slice(0, from).split('\n').length;
    const before = source.slice(Math.max(source.lastIndexOf('\n', from - 1) + 1, from - 20), from);
    tokens.push({ kind, text, line, before });
  };
  const endCode = () => {
    if (at > codeFrom) add('code', codeFrom, source.slice(codeFrom, at));
  };
  while (at < source.length) {
    const char = source[at];
    const next = source[at + 1];
    if (char === '/' && (next === '/' || next === '*')) {
      endCode();
      const close = next === '/' ? source.indexOf('\n', at) : source.indexOf('*/', at) + 2;
      const end = close === -1 ? source.length : close;
      add('comment', at, source.slice(at, end));
      at = codeFrom = end;
    } else if (char === '/' && isRegexAt(source, at)) {
      at = regexEnd(source, at);
    } else if (char === "'" || char === '"') {
      endCode();
      const end = quoteEnd(source, at);
      add('string', at, source.slice(at + 1, end - 1));
      at = codeFrom = end;
    } else if (char === '`') {
      endCode();
      const inner: SourceToken[] = [];
      const { end, text } = readTemplate(source, at, inner);
      add('string', at, text);
      tokens.push(...inner);
      at = codeFrom = end;
    } else if (until !== undefined && char === '}' && depth === 0) {
      endCode();
      return at + 1;
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      at += 1;
    }
  }
  endCode();
  return at;
}

function readTemplate(source: string, start: number, tokens: SourceToken[]): { end: number; text: string } {
  let text = '';
  let at = start + 1;
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') {
      text += source.slice(at, at + 2);
      at += 2;
    } else if (source.startsWith('${', at)) {
      text += expressionMark;
      at = cut(source, at + 2, '}', tokens);
    } else {
      text += source[at];
      at += 1;
    }
  }
  return { end: at + 1, text };
}

function quoteEnd(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== source[start]) at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** A slash begins a regular expression where a value may begin. */
function isRegexAt(source: string, at: number): boolean {
  const before = source.slice(0, at).trimEnd();
  return /[(,=:[!&|?{};>]$/.test(before) || /\b(?:return|case|typeof)$/.test(before);
}

function regexEnd(source: string, start: number): number {
  let inClass = false;
  let at = start + 1;
  while (at < source.length && (inClass || source[at] !== '/')) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    at += 1;
  }
  return at + 1;
}
