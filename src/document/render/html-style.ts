/** The look of a rendered page: light and dark, on paper, on small screens; no font, image or script from elsewhere. */

const colors = {
  gray: ['#6b6b67', '#f1f1ef', '#9b9b97', '#2f2f2f'],
  brown: ['#8a5a3c', '#f4eeee', '#c39a80', '#4a3228'],
  orange: ['#b8591c', '#fbecdd', '#d9935a', '#5c3b23'],
  yellow: ['#a06b10', '#fbf3db', '#d1a44e', '#564328'],
  green: ['#37735a', '#edf3ec', '#6fae90', '#243d30'],
  blue: ['#2a6a94', '#e7f3f8', '#6aa9d6', '#143a4e'],
  purple: ['#7c4f9e', '#f6f3f9', '#b18ad0', '#3c2d49'],
  pink: ['#a83d73', '#faf1f5', '#d4799f', '#4e2c3c'],
  red: ['#b33a35', '#fdebec', '#e07f7b', '#522e2a'],
} as const;

const entries = Object.entries(colors);

const light = entries.map(([name, [ink, ground]]) => `--${name}:${ink};--${name}-ground:${ground}`).join(';');
const dark = entries
  .map(([name, [, , ink, ground]]) => `--${name}:${ink};--${name}-ground:${ground}`)
  .join(';');
const classes = entries
  .map(([name]) => {
    const ground = `.color-${name}-background`;
    return `.color-${name}{color:var(--${name})}${ground}{background:var(--${name}-ground)}`;
  })
  .join('');

/** Views beyond this number have no tab. */
export const tabCount = 16;

/** A tab shows its view when its radio button is chosen. */
const tabs = Array.from({ length: tabCount }, (_, index) => index + 1)
  .map(
    (number) => `.views>input:nth-of-type(${number}):checked~section:nth-of-type(${number}){display:block}`,
  )
  .join('');

/** The style sheet of every file. */
export const style = `
:root{color-scheme:light dark;--ink:#2f2f2d;--soft:#6f6e69;--line:#e3e2de;--ground:#fff;--box:#f7f6f3;--link:#1f5f99;${light}}
@media(prefers-color-scheme:dark){:root{--ink:#e2e1dd;--soft:#a3a29c;--line:#3a3a38;--ground:#191919;--box:#232322;--link:#7fb8e8;${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
main{max-width:48rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
body.wide main{max-width:80rem}
h1{font-size:2.2rem;line-height:1.2;margin:.6rem 0 1rem}h2{font-size:1.6rem;margin:2rem 0 .5rem}h3{font-size:1.3rem;margin:1.5rem 0 .4rem}h4,h5{font-size:1.1rem;margin:1.2rem 0 .3rem}
p,h1,h2,h3,h4,h5,td,th,figcaption,summary,.card-title,.card-value{unicode-bidi:plaintext;text-align:start}p{margin:.35rem 0;min-height:1em}a{color:var(--link);text-underline-offset:.15em}
ul,ol{margin:.35rem 0;padding-inline-start:1.7rem}li{margin:.15rem 0}li>p{margin:.1rem 0}
.contains-task-list{list-style:none;padding-inline-start:.3rem}.task-list-item input{margin-inline-end:.5rem}.task-list-item>ul,.task-list-item>ol{padding-inline-start:1.7rem}
blockquote{margin:.6rem 0;padding:.1rem 1rem;border-inline-start:3px solid currentColor}
.callout{margin:.6rem 0;padding:.7rem 1rem;border-radius:.4rem;background:var(--box);border:1px solid var(--line)}
.callout[class*=background]{border-color:transparent}
pre{background:var(--box);border-radius:.4rem;padding:1rem;overflow:auto;line-height:1.45;font-size:.9rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}:not(pre)>code{background:var(--box);border-radius:.25rem;padding:.1em .3em}pre code{font-size:1em}
.hljs-keyword,.hljs-selector-tag,.hljs-built_in,.hljs-literal{color:var(--purple)}.hljs-string,.hljs-attr,.hljs-regexp{color:var(--green)}.hljs-comment,.hljs-quote{color:var(--gray);font-style:italic}.hljs-number,.hljs-symbol{color:var(--orange)}.hljs-title,.hljs-name,.hljs-section{color:var(--blue)}.hljs-type,.hljs-variable,.hljs-params{color:var(--brown)}
.indented{margin-inline-start:1.6rem}
.columns{display:flex;gap:1.6rem;flex-wrap:wrap}.column{flex:1 1 12rem;min-width:0}
.tab{margin:.5rem 0;padding:.4rem .9rem;border:1px solid var(--line);border-radius:.4rem}
details{margin:.35rem 0}summary{cursor:pointer}summary>p,summary>h2,summary>h3,summary>h4,summary>h5{display:inline}details>:not(summary){margin-inline-start:1.2rem}
figure{margin:.8rem 0}img,video{max-width:100%;height:auto;border-radius:.25rem}audio{width:100%}figcaption,.caption{color:var(--soft);font-size:.9rem}
img.icon{height:1.3em;width:1.3em;object-fit:contain;vertical-align:-.25em}.cover{display:block;width:100%;max-height:16rem;object-fit:cover}.page-icon{font-size:3.2rem;line-height:1.1;margin:.5rem 0 0}.page-icon img.icon{height:3.2rem;width:3.2rem}
.file>a,.elsewhere>a{display:inline-block;padding:.35rem .7rem;border:1px solid var(--line);border-radius:.4rem}
.table{overflow-x:auto;margin:.8rem 0}table{border-collapse:collapse;min-width:40%}th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:start;vertical-align:top}th{background:var(--box);font-weight:600}th.group-name{background:none;padding-top:1rem;border-inline:0}
.properties{border:0;margin:0 0 1.2rem;width:100%}.properties th,.properties td{border:0;padding:.2rem .6rem .2rem 0;background:none}.properties th{width:30%;color:var(--soft);font-weight:400}
.missing{color:var(--red)}.breadcrumb,nav{color:var(--soft);font-size:.9rem}
.equation{overflow-x:auto}div.equation{text-align:center;margin:.8rem 0}
hr{border:0;border-top:1px solid var(--line);margin:1.5rem 0}
.footnotes{margin-top:3rem;border-top:1px solid var(--line);font-size:.92rem}.footnotes h2{font-size:1.1rem}
.pager a{display:flex;max-width:48%;white-space:pre}.pager a span{overflow:hidden;text-overflow:ellipsis}sup{font-size:.75rem;font-weight:400;line-height:0}sup+sup{margin-inline-start:.3em}.pager{display:flex;justify-content:space-between;gap:1rem;margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem}
.margin-note{display:block;float:right;clear:right;width:15rem;margin:0 -17rem .6rem 0;padding:.1rem 0 .1rem .7rem;border-left:3px solid var(--line);color:var(--soft);font-size:.8rem;line-height:1.45;font-weight:400;font-style:normal;unicode-bidi:plaintext;text-align:start}.with-margin main{max-width:66rem;padding-right:19rem}
:is(.table,.columns,.tab,.properties,details) .margin-note{float:none;width:auto;margin:.3rem 0}
${classes}
.views>input{position:absolute;opacity:0}.views>label{display:inline-block;padding:.3rem .8rem;border:1px solid var(--line);border-radius:.4rem .4rem 0 0;cursor:pointer;margin-inline-end:.2rem}.views>input:checked+label{background:var(--box);font-weight:600}.views>input:focus-visible+label{outline:2px solid var(--link)}
.view{display:none;padding-top:.6rem;border-top:1px solid var(--line)}.view.below{display:block}.view:not(.below)>h2:first-child{display:none}${tabs}
.card{padding:.5rem .7rem;margin:.4rem 0;border:1px solid var(--line);border-radius:.4rem;background:var(--ground)}.card-title{font-weight:600}.card-value{color:var(--soft);font-size:.9rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.7rem}.board{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}.board>.group{flex:0 0 15rem}.group{background:var(--box);border-radius:.4rem;padding:.4rem .7rem}.group h3{font-size:1rem;margin:.3rem 0}.calendar{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.7rem}
@media(max-width:60rem){.with-margin main{max-width:48rem;padding-right:1.25rem}.margin-note{float:none;width:auto;margin:.3rem 0}}
@media(max-width:36rem){main{padding:1rem .9rem 3rem}h1{font-size:1.7rem}.columns{display:block}.properties th{width:38%}}
@media print{body{background:#fff;color:#000}main{max-width:none;padding:0}nav,.pager,.views>label{display:none}.view{display:block}.view:not(.below)>h2:first-child{display:block}a{color:inherit}pre,.callout,table,figure{break-inside:avoid}}
`.replaceAll('\n', '');
