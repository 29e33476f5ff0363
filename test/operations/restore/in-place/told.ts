/** Records of a workspace as the plan of a restore said they would be: nothing else may differ from what they were. */
import type { InPlacePlan } from '../../../../src/notion/restore/in-place.ts';

/** Compact ids of the blocks of which a plan says that they come back as embeds. */
export function toldEmbeds({ changes }: Pick<InPlacePlan, 'changes'>): string[] {
  return changes.flatMap(({ differences }) =>
    differences.flatMap(({ what, id, now }) =>
      what === 'approximated' && id !== undefined && now?.endsWith(': written as an embed') === true
        ? [id]
        : [],
    ),
  );
}

/** A record without the ids of its blocks, and with embeds in place of the external media named in `embeds`. */
export function asTold(record: unknown, embeds: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(record)) return record.map((item) => asTold(item, embeds));
  if (!isMap(record)) return record;
  if (typeof record.block !== 'string' || !Array.isArray(record.below)) return mapped(record, embeds);
  const { block, below, ...form } = record;
  const [media] = Object.values(form);
  const shown = embeds.has(block) && isMap(media) && isMap(media.external) ? { embed: embedOf(media) } : form;
  return { ...mapped(shown, embeds), below: asTold(below, embeds) };
}

function embedOf({ type: _type, external, ...rest }: Map): Map {
  return { ...rest, ...(isMap(external) ? external : {}) };
}

function mapped(record: Map, embeds: ReadonlySet<string>): Map {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, asTold(value, embeds)]));
}

type Map = { readonly [key: string]: unknown };

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
