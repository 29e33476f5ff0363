/** Formulas as MathML: browsers show it without fonts, styles or scripts of ours. */
import type { ElementContent } from 'hast';
import type { HtmlHelpers } from './html-tree.ts';

interface Katex {
  renderToString(tex: string, options: { readonly [name: string]: string | number | boolean }): string;
}

const maxLength = 10_000;

/** Loads KaTeX. A formula that it cannot read stays as it was written. */
export async function mathMarkup(): Promise<NonNullable<HtmlHelpers['math']>> {
  const { default: katex }: { default: Katex } = await import('katex' as string);
  return (tex, isBlock) => {
    if (tex.length > maxLength) return undefined;
    try {
      const markup = katex.renderToString(tex, {
        output: 'mathml',
        displayMode: isBlock,
        throwOnError: true,
        // No macros that load or link: `\href`, `\url`, `\includegraphics`, `\html…`.
        trust: false,
        maxExpand: 200,
        maxSize: 20,
        strict: false,
      });
      return [{ type: 'raw', value: markup } as unknown as ElementContent];
    } catch {
      return undefined;
    }
  };
}
