/** The workspace's people and bots: with and without e-mail, guests, and one of whom only the id is known. */
import type { State } from '../../workspace/state.ts';
import { addUser } from '../../workspace/state.ts';
import { userId } from './ids.ts';
import { addMedia } from './media.ts';

/** User ids by name. */
export interface People {
  readonly ada: string;
  readonly bruno: string;
  /** Has neither e-mail nor picture. */
  readonly chloe: string;
  /** A guest: absent from the list, found by id. */
  readonly guest: string;
  /** Another connection's bot. */
  readonly otherBot: string;
  /** Named in texts, but unknown to the workspace: answers show only the id. */
  readonly gone: string;
}

export function addPeople(state: State): People {
  const { random } = state;
  const picture = addMedia(state, { name: 'ada.png', contentType: 'image/png', size: 2_048 });
  const person = (name: string, more: Parameters<typeof addUser>[1] = {}) =>
    addUser(state, { id: userId(random), name, ...more }).id;
  return {
    ada: person('Ada Okonkwo', { email: 'ada@example.com', avatarKey: picture }),
    bruno: person('Bruno Ćosić', { email: 'bruno@example.com' }),
    chloe: person('Chloé 张伟'),
    guest: person('Gus Guest', { email: 'gus@guest.example', isGuest: true }),
    otherBot: person('Calendar sync', { type: 'bot' }),
    gone: userId(random),
  };
}
