/** Shapes of what the commands print that keep settings, keys and identities, and those that speak of the program itself. */
import { signingKey } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  anyObject,
  byName,
  count,
  digest,
  either,
  exactly,
  flag,
  list,
  maybe,
  object,
  one,
  orNull,
  text,
  time,
} from './nodes.ts';

/** The outputs of a group of named settings, by subcommand. */
export function settings(kind: string, plural: string): { readonly [command: string]: Shape } {
  return {
    [`${kind} add`]: object({ [kind]: text, added: exactly(true) }),
    [`${kind} set`]: object({ [kind]: text, changed: exactly(true) }),
    [`${kind} unset`]: object({ [kind]: text, changed: exactly(true) }),
    [`${kind} show`]: object({
      [plural]: about('Options by the name of each; secrets are ********.', byName(byName(text))),
    }),
    [`${kind} list`]: object({ [plural]: list(text) }),
    [`${kind} rm`]: object({ [kind]: text, removed: exactly(true) }),
  };
}

const slotId = about('The id of a key slot.', text);

export const keyList: Shape = object({
  slots: list(
    either(
      object({ id: slotId, kind: one('passphrase', 'key-file', 'recovery-kit'), label: text, created: time }),
      about('A damaged one.', object({ id: slotId, problem: text })),
    ),
  ),
});

export const keyAdd: Shape = object({
  slot: slotId,
  key_file: maybe(about('The key file that was written.', text)),
  words: maybe(about('The secret of a recovery kit.', text)),
  page: maybe(about('The page to print, which holds the secret.', text)),
});

export const keyRemove: Shape = object({ removed: slotId });
export const keyPasswd: Shape = object({ slot: slotId, removed: slotId });

export const keyRotateMaster: Shape = object({
  store: text,
  id: text,
  snapshots: count,
  old_store: text,
  lost_slots: about('Secrets that opened the old store and do not open the new one.', list(text)),
});

export const ownKey: Shape = object({ ...signingKey, created: time });

export const identityList: Shape = object({
  signers: list(object({ ...signingKey, endorsed_by: maybe(digest), revoked_by: maybe(digest) })),
});

export const identityTrust: Shape = object({ trusted: digest });
export const identityRevoke: Shape = object({ revoked: digest, after: orNull(text), endorsed: list(digest) });
export const identityAdopt: Shape = object({ adopted: digest });
export const identityExport: Shape = object({ file: text });
export const identityEncrypt: Shape = object({ encrypted: flag });

export const simulator: Shape = about(
  'Printed when it listens; it goes on until it is interrupted.',
  object({ url: text, token: text, pages: list(object({ id: text, title: text })) }),
);

export const completion: Shape = object({ shell: one('bash', 'zsh', 'fish'), script: text });
export const manual: Shape = object({ page: text });
export const help: Shape = object({ help: text });
export const version: Shape = object({ version: text, json_version: count });
export const schema: Shape = either(
  object({ schema: about('A JSON Schema.', anyObject) }),
  object({ schemas: list(text) }),
);
