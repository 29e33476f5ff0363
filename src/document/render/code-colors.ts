/** Code with its keywords, strings and comments marked. */
import type { ElementContent } from 'hast';
import type { HtmlHelpers } from './html-tree.ts';

/** Notion's names of languages that lowlight calls otherwise. */
const names: { readonly [language: string]: string } = {
  'c++': 'cpp',
  'c#': 'csharp',
  'objective-c': 'objectivec',
  'vb.net': 'vbnet',
  'visual-basic': 'vbnet',
  html: 'xml',
  markup: 'xml',
  docker: 'dockerfile',
  'java/c/c++/c#': 'java',
};

interface Lowlight {
  readonly common: object;
  createLowlight(languages: object): {
    registered(name: string): boolean;
    highlight(name: string, code: string): { readonly children: ElementContent[] };
  };
}

/** Longer programs stay without colours: the time grows with their length. */
const maxLength = 100_000;

/** Loads the common languages of lowlight. */
export async function codeColors(): Promise<NonNullable<HtmlHelpers['highlight']>> {
  // The types of highlight.js bring in those of a browser, which change what the rest of the program may do.
  const { common, createLowlight }: Lowlight = await import('lowlight' as string);
  const lowlight = createLowlight(common);
  return (code, language) => {
    const name = names[language] ?? language;
    if (!lowlight.registered(name) || code.length > maxLength) return undefined;
    return lowlight.highlight(name, code).children;
  };
}
