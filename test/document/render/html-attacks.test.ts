import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { parse } from 'parse5';
import { beforeAll, expect, test } from 'vitest';
import type { DatabaseDocument, PageDocument } from '../../../src/document/documents.ts';
import type { Json, JsonObject } from '../../../src/document/json.ts';
import { codeColors } from '../../../src/document/render/code-colors.ts';
import { viewTabs } from '../../../src/document/render/database.ts';
import { shownRow, shownViews } from '../../../src/document/render/database-views.ts';
import { elementsText, htmlFile, pageHtml } from '../../../src/document/render/html.ts';
import type { HtmlHelpers } from '../../../src/document/render/html-tree.ts';
import { pageMarkdown } from '../../../src/document/render/markdown.ts';
import { mathMarkup } from '../../../src/document/render/math-markup.ts';
import type { Links } from '../../../src/document/render/tree/links.ts';
import { hardDocument, pageOf } from './hard-documents.ts';
import { payloads } from './payloads.ts';

/** Every text of `value` exchanged for the payload, names of properties too; types and ids stay. */
function poisoned(value: Json | undefined, payload: string, key = ''): Json {
  if (typeof value === 'string')
    return /^(type|object|kind)$/.test(key) || /^[a-z]+_id$|^id$/.test(key) ? value : payload;
  if (Array.isArray(value)) return value.map((member) => poisoned(member, payload, key));
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      key === 'properties' ? `${name} ${payload}` : name,
      poisoned(member, payload, name),
    ]),
  );
}

const text = (content: string): JsonObject => ({
  type: 'text',
  text: { content, link: { url: 'u' } },
  annotations: { bold: true, color: 'red' },
  plain_text: content,
  href: 'u',
});
const texts = [
  text('a'),
  { type: 'equation', equation: { expression: 'x' }, annotations: {}, plain_text: 'x' },
  {
    type: 'mention',
    mention: { type: 'user', user: { id: 'u' } },
    annotations: {},
    plain_text: '@x',
    href: 'h',
  },
];
const file: JsonObject = {
  type: 'file',
  file: { path: 'files/a', url: 'u', size: 1, sha256: 's' },
  name: 'n',
  caption: texts,
};
const external: JsonObject = { type: 'external', external: { url: 'u' }, name: 'n', caption: texts };

/** A value of every type. */
const properties: JsonObject = {
  Title: { id: 'title', type: 'title', title: texts },
  Text: { id: 'a', type: 'rich_text', rich_text: texts },
  Url: { id: 'b', type: 'url', url: 'u' },
  Mail: { id: 'c', type: 'email', email: 'e' },
  Phone: { id: 'd', type: 'phone_number', phone_number: 'p' },
  Select: { id: 'e', type: 'select', select: { name: 's', color: 'red' } },
  Tags: { id: 'f', type: 'multi_select', multi_select: [{ name: 's', color: 'red' }] },
  State: { id: 'g', type: 'status', status: { name: 's', color: 'red' } },
  Date: { id: 'h', type: 'date', date: { start: '2026-01-01', end: 'x', time_zone: 'z' } },
  People: { id: 'i', type: 'people', people: [{ id: 'u', name: 'n', avatar_url: 'u' }] },
  Files: { id: 'j', type: 'files', files: [file, external] },
  Formula: { id: 'k', type: 'formula', formula: { type: 'string', string: 's' } },
  Rollup: {
    id: 'l',
    type: 'rollup',
    rollup: {
      type: 'array',
      array: [
        { type: 'title', title: texts },
        { type: 'url', url: 'u' },
      ],
    },
  },
  Place: { id: 'm', type: 'place', place: { name: 'n', address: 'a' } },
  Odd: { id: 'n', type: 'unheard_of', unheard_of: { x: 'y' } },
};

/** A page with a text in each place that has one. */
function everyField(): PageDocument {
  const page = pageOf([
    ...['image', 'video', 'audio', 'pdf', 'file'].flatMap((type) => [
      { id: `1${type}`, type, [type]: file },
      { id: `2${type}`, type, [type]: external },
      { id: `3${type}`, type, [type]: { ...file, file: { url: 'u', missing: 'reason' } } },
    ]),
    { id: '4', type: 'code', code: { rich_text: texts, language: 'javascript', caption: texts } },
    {
      id: '5',
      type: 'callout',
      callout: { rich_text: texts, icon: { type: 'emoji', emoji: 'e' }, color: 'red' },
    },
    {
      id: '6',
      type: 'callout',
      callout: { rich_text: texts, icon: { type: 'custom_emoji', custom_emoji: { path: 'p', name: 'n' } } },
    },
    {
      id: '7',
      type: 'toggle',
      toggle: { rich_text: texts, color: 'red' },
      children: [{ id: '8', type: 'heading_1', heading_1: { rich_text: texts, color: 'red' } }],
    },
    { id: '9', type: 'table_of_contents', table_of_contents: { color: 'red' } },
    { id: '10', type: 'link_preview', link_preview: { url: 'u' } },
    { id: '11', type: 'child_page', child_page: { title: 't' } },
    { id: '12', type: 'link_to_page', link_to_page: { type: 'page_id', page_id: 'p' } },
    { id: '13', type: 'unsupported', unsupported: { block_type: 'b' } },
    { id: '14', type: 'unheard_of', unheard_of: { rich_text: texts } },
    {
      id: '15',
      type: 'column_list',
      column_list: {},
      children: [
        {
          id: '16',
          type: 'column',
          column: { width_ratio: 0.3 },
          children: [{ id: '17', type: 'paragraph', paragraph: { rich_text: texts, color: 'red' } }],
        },
      ],
    },
    {
      id: '18',
      type: 'numbered_list_item',
      numbered_list_item: { rich_text: texts, list_format: 'roman', color: 'red' },
    },
  ]);
  const comment = {
    parent: { type: 'block_id', block_id: '17' },
    created_time: 't',
    display_name: { resolved_name: 'n' },
    rich_text: texts,
    attachments: [{ category: 'c', file: { path: 'p' } }],
  };
  return {
    ...page,
    page: {
      ...page.page,
      properties,
      icon: { type: 'emoji', emoji: 'e' },
      cover: { type: 'file', file: { path: 'p', url: 'u' } },
    },
    comments: [comment],
    gaps: [
      { what: 'children', id: '7', reason: 'r' },
      { what: 'comments', reason: 'r' },
    ],
  } as unknown as PageDocument;
}

let helpers: HtmlHelpers;
beforeAll(async () => {
  helpers = { math: await mathMarkup(), highlight: await codeColors() };
});

const linksFor = (payload: string): Links => ({
  object: () => undefined,
  title: () => payload,
  ancestors: () => [{ title: payload, href: undefined }],
  neighbours: () => ({ before: { title: payload, href: '../a/index.html' }, after: undefined }),
  unread: () => payload,
});

interface HtmlNode {
  readonly nodeName: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly HtmlNode[];
}

const forbidden =
  /^(script|iframe|object|embed|base|link|form|svg|applet|frame|frameset|noscript|template|textarea|select|button)$/;

/** What a page may not have. */
function faults(html: string): string[] {
  const list: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => list.push(code), sourceCodeLocationInfo: true });
  const ids = new Set<string>();
  const visit = (node: HtmlNode) => {
    if (forbidden.test(node.nodeName)) list.push(`<${node.nodeName}>`);
    for (const { name, value } of node.attrs ?? []) {
      if (/^on|^srcdoc$|^formaction$|^autofocus$/i.test(name)) list.push(name);
      if (name === 'style' && !/^flex-grow:[\d.]+$/.test(value)) list.push(`style ${value}`);
      if (/href$|^src$|^action$|^poster$/i.test(name)) {
        // As a browser reads an address: without control characters and blanks around it.
        const url = value.replace(/[\u0000-\u0020]/g, '');
        if (/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^(https?|mailto|tel|ftp|notion):/i.test(url))
          list.push(`${name} ${value}`);
        if (name === 'src' && /^([a-z]+:|\/\/)/i.test(url)) list.push(`src ${value}`);
        if (/^\/\//.test(url)) list.push(`${name} ${value}`);
      }
      if (name === 'http-equiv' && value !== 'Content-Security-Policy') list.push(`http-equiv ${value}`);
      if (name === 'id' && ids.has(value)) list.push(`id ${value} twice`);
      if (name === 'id') ids.add(value);
    }
    for (const child of node.childNodes ?? []) visit(child);
  };
  visit(document as unknown as HtmlNode);
  return list;
}

test('no text of a page runs a script, makes an attribute or an address that runs one, or breaks the HTML', () => {
  for (const payload of payloads) {
    const links = linksFor(payload);
    const page = poisoned(everyField() as unknown as Json, payload) as unknown as PageDocument;
    expect([payload, ...faults(pageHtml(page, links, helpers))]).toEqual([payload]);
  }
});

test('hard pages are HTML without a fault, with every id once', () => {
  for (let seed = 1; seed <= 40; seed += 1)
    expect([seed, ...faults(pageHtml(hardDocument(seed), linksFor('x'), helpers))]).toEqual([seed]);
});

test('the same headings in a synced block and its copy have one anchor', () => {
  const heading = { id: 'aaaa', type: 'heading_1', heading_1: { rich_text: texts } };
  const synced = (id: string) => ({ id, type: 'synced_block', synced_block: {}, children: [heading] });
  const html = pageHtml(pageOf([synced('1'), synced('2')]), linksFor('x'), helpers);
  expect(html.match(/id="block-aaaa"/g)).toHaveLength(1);
  expect(faults(html)).toEqual([]);
});

test('no text of a database runs a script', () => {
  for (const payload of payloads) {
    const stored = ['table', 'board', 'list', 'gallery', 'calendar', 'timeline', 'chart'].map((type) => ({
      type,
      name: 'n',
      filter: { x: 'y' },
      configuration: {
        properties: [{ property_id: 'a', visible: true }],
        group_by: { property_id: 'e' },
        date_property_id: 'h',
      },
    }));
    const schema = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, { ...(property as JsonObject), name }]),
    );
    const database = poisoned(
      { kind: 'database', database: null, data_sources: [{ properties: schema }], views: stored },
      payload,
    ) as unknown as DatabaseDocument;
    const page = poisoned({ id: 'r', properties }, payload) as JsonObject;
    const row = shownRow({ page }, linksFor(payload));
    const template = shownRow({ page, template_of: payload }, linksFor(payload));
    const views = shownViews(database, { nowMs: 0, titleOf: () => payload });
    const html = htmlFile(payload, viewTabs(views, [row, row, template]));
    expect(elementsText(viewTabs(views, [row])).length).toBeGreaterThan(100);
    expect([payload, ...faults(html)]).toEqual([payload]);
  }
});

/** What a reader of Markdown that knows no formulas makes of it: HTML that is not ours, and addresses that run a script. */
function markdownFaults(markdown: string): string[] {
  const list: string[] = [];
  const visit = (node: Nodes) => {
    if (node.type === 'html') {
      const summary = /^<details><summary>(.*)<\/summary>$/s.exec(node.value)?.[1];
      if (summary !== undefined) list.push(...faults(`<!doctype html><body><p>${summary}`));
      else if (!/^<(\/?(details|aside|u)|br|!----|dl><dd|\/dd><\/dl)>$/.test(node.value))
        list.push(node.value);
    }
    if ('url' in node && typeof node.url === 'string') {
      const url = node.url.replace(/[\u0000-\u0020]/g, '');
      if (/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^(https?|mailto|tel|ftp|notion):/i.test(url)) list.push(url);
    }
    if ('children' in node) for (const child of node.children as Nodes[]) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return list;
}

test('no text of a page becomes HTML of its own or an address that runs a script in Markdown', () => {
  for (const payload of payloads) {
    const page = poisoned(everyField() as unknown as Json, payload) as unknown as PageDocument;
    expect([payload, ...markdownFaults(pageMarkdown(page, linksFor(payload)))]).toEqual([payload]);
  }
});
