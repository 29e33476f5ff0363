import { describe, expect, it } from 'vitest';
import { blockTypes, isKnownBlockType, isReadOnlyBlockType } from '../../src/document/block-types.ts';
import { blockForm } from '../../src/document/compare/block-form.ts';
import type { CompareContext } from '../../src/document/compare/context.ts';
import { compareDatabases } from '../../src/document/compare/databases.ts';
import { comparePages } from '../../src/document/compare/pages.ts';
import { sameId } from '../../src/document/compare/references.ts';
import type { BlockNode, DatabaseDocument, PageDocument } from '../../src/document/documents.ts';
import type { JsonObject } from '../../src/document/json.ts';
import {
  isKnownPropertyType,
  isReadOnlyPropertyType,
  propertyTypes,
} from '../../src/document/property-types.ts';
import { pageHtml } from '../../src/document/render/html.ts';
import { pageMarkdown } from '../../src/document/render/markdown.ts';
import { propertyText } from '../../src/document/render/tree/property-text.ts';
import type { Tallies } from '../../src/notion/crawl/context/known-types.ts';
import { tallyUnknown } from '../../src/notion/crawl/context/known-types.ts';
import { convertBlock } from '../../src/notion/restore/blocks/block-payload.ts';
import { fidelityRules } from '../../src/notion/restore/journal/fidelity-rules.ts';
import { rowValues } from '../../src/notion/restore/pages/property-values.ts';
import { anyProperty } from '../../src/notion/restore/pages/target-property.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { knownTarget, run } from '../notion/restore/known-target.ts';

const links = { object: () => undefined };
const id = '11111111111141118111111111111111';
const context: CompareContext = {
  originalOf: sameId,
  destination: { isRestored: () => true, isPerson: () => true },
  unshown: new Set(),
};
/** Names no type has; the last ones are members of every object. */
const unknownTypes = ['hologram', '', 'constructor', '__proto__', 'toString'];

function block(type: string, children: BlockNode[] = []): BlockNode {
  return JSON.parse(
    JSON.stringify({ object: 'block', id, type, children }).replace(
      /}$/,
      `,${JSON.stringify(type)}:${JSON.stringify({ rich_text: [run('words')], external: { url: 'https://e.org' } })}}`,
    ),
  );
}
function page(blocks: BlockNode[], properties: JsonObject = {}): PageDocument {
  return { kind: 'page', format: 1, page: { object: 'page', id, properties }, blocks, comments: [] };
}
function property(type: string): JsonObject {
  return JSON.parse(`{"id":"p","type":${JSON.stringify(type)},${JSON.stringify(type)}:{"depth":"deep"}}`);
}
function valuesOf(properties: JsonObject) {
  const conversion = knownTarget();
  const row = rowValues({ properties }, 'row', {
    conversion,
    isWrittenElsewhere: () => false,
    isStillToCome: () => false,
    target: anyProperty,
  });
  return { ...row, notes: conversion.notes };
}
function outcomes(prefix: string): Map<string, string> {
  const rules = fidelityRules.filter(({ kind }) => kind.startsWith(prefix));
  return new Map(rules.map(({ kind, outcome }) => [kind.slice(prefix.length), outcome]));
}

describe('the tables of types', () => {
  it('hold every type of the sample workspace, which has nearly all of them', () => {
    const state = sampleWorkspace();
    const blocks = new Set([...state.blocks.values()].map(({ type }) => type));
    const properties = new Set(
      [...state.dataSources.values()].flatMap(({ schema }) => schema.map(({ type }) => type)),
    );
    expect([...blocks].filter((type) => !isKnownBlockType(type))).toEqual([]);
    // Pages and databases are not blocks in the simulator; transcription is the name of an older version.
    expect(Object.keys(blockTypes).filter((type) => !blocks.has(type))).toEqual([
      'child_page',
      'child_database',
      'transcription',
    ]);
    expect([...properties].filter((type) => !isKnownPropertyType(type))).toEqual([]);
    expect(Object.keys(propertyTypes).filter((type) => !properties.has(type))).toEqual([]);
  });

  it('have one rule of fidelity for every type, and for no other', () => {
    const properties = Object.keys(propertyTypes).sort();
    expect([...outcomes('block ').keys()].sort()).toEqual(Object.keys(blockTypes).sort());
    expect([...outcomes('property ').keys()].sort()).toEqual(properties);
    expect([...outcomes('value ').keys()].sort()).toEqual(properties);
  });

  it('promise exactness of what requests can write, and of nothing else', () => {
    for (const [type, outcome] of outcomes('block '))
      expect([type, outcome !== 'exact']).toEqual([type, isReadOnlyBlockType(type)]);
    for (const [type, outcome] of outcomes('value '))
      expect([type, outcome !== 'exact']).toEqual([type, isReadOnlyPropertyType(type)]);
  });
});

describe('a block of a known type', () => {
  it.each(Object.keys(blockTypes))('%s is rendered, compared and converted', (type) => {
    const document = page([block(type)]);
    expect(pageMarkdown(document, links)).toContain('# Untitled');
    expect(pageHtml(document, links)).toContain('</html>');
    expect(blockForm(block(type), sameId).type).toBe(type);
    const isImpossible = comparePages(document, document, context).some(
      ({ verdict, what }) => verdict === 'impossible' && what === `block ${type}`,
    );
    expect(isImpossible).toBe(isReadOnlyBlockType(type));
    expect(() => convertBlock(block(type), knownTarget())).not.toThrow();
  });
});

describe('a block of an unknown type', () => {
  it.each(unknownTypes)('"%s" shows its text and the blocks below it', (type) => {
    const document = page([block(type, [block('paragraph')])]);
    expect(pageMarkdown(document, links).match(/words/g)).toHaveLength(2);
    expect(pageHtml(document, links).match(/words/g)).toHaveLength(2);
  });

  it.each(unknownTypes)('"%s" is compared by everything its payload says', (type) => {
    const original = page([block(type, [block('paragraph')])]);
    const changed: PageDocument = JSON.parse(JSON.stringify(original).replace('words', 'other words'));
    const verdicts = (copy: PageDocument) =>
      comparePages(original, copy, context)
        .filter(({ what }) => what.startsWith('block'))
        .map(({ verdict, what }) => `${verdict} ${what}`);
    expect(verdicts(original)).toEqual([`exact block ${type}`, 'exact block paragraph']);
    expect(verdicts(changed)).not.toEqual(verdicts(original));
    expect(verdicts(page([]))).toEqual([`lost block ${type}`]);
  });

  it.each(unknownTypes)('"%s" is reported lost by the writer, which keeps the blocks below it', (type) => {
    const target = knownTarget({ markers: true });
    const written = convertBlock(block(type, [block('paragraph')]), target);
    expect(written.map((node) => node.type)).toEqual(['paragraph', 'paragraph']);
    expect(JSON.stringify(written[0]?.payload)).toContain('Not restored');
    expect(target.notes.map(({ outcome, kind }) => `${outcome} ${kind}`)).toEqual([`lost block ${type}`]);
  });
});

describe('a property of an unknown type', () => {
  it.each(unknownTypes)('"%s" shows as JSON, is compared as it is, and is reported lost', (type) => {
    const row = page([], { New: property(type) });
    expect(propertyText(property(type))).toBe('{"depth":"deep"}');
    expect(pageMarkdown(row, links)).toContain('deep');
    const verdicts = (copy: PageDocument) =>
      comparePages(row, copy, context)
        .filter(({ what }) => what.startsWith('property'))
        .map(({ verdict }) => verdict);
    expect(verdicts(row)).toEqual(['exact']);
    expect(verdicts(page([]))).toEqual(['lost']);
    const { values, notes } = valuesOf({ New: property(type) });
    expect(values).toEqual({});
    expect(notes.map(({ outcome, kind }) => `${outcome} ${kind}`)).toEqual([`lost value ${type}`]);
  });

  it.each(unknownTypes)('"%s" is counted by the crawl and compared in a schema by its type', (type) => {
    const tallies: Tallies = new Map();
    tallyUnknown({ properties: { New: property(type), Name: property('title') } }, tallies);
    expect([...tallies]).toEqual([[`unknown:property:${type}`, 1]]);
    const database = (properties: JsonObject): DatabaseDocument => ({
      kind: 'database',
      format: 1,
      database: { object: 'database', id },
      data_sources: [{ object: 'data_source', id, properties }],
      views: [],
    });
    const verdict = (other: string) =>
      compareDatabases(database({ New: property(type) }), database({ New: property(other) }), context).find(
        ({ at }) => at === 'schema/New',
      )?.verdict;
    expect(verdict(type)).toBe('exact');
    expect(verdict('number')).toBe('approximated');
  });
});
