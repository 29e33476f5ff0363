/** Leaves the e-mail addresses of people out of what the API gives: wherever a user is named, Notion adds the address. */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import type { NotionApi } from './api.ts';

/** The API with answers that hold no address of a person. Addresses in texts and in properties of type email are content. */
export function withoutEmails(api: NotionApi): NotionApi {
  return {
    request: async (request) => {
      const answer = await api.request(request);
      dropEmails(answer);
      return answer;
    },
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
    notionNow: () => api.notionNow?.(),
  };
}

/** Removes the address of every person in `value`, in place. @returns true when there was one */
export function dropEmails(value: Json): boolean {
  if (Array.isArray(value)) return value.map(dropEmails).includes(true);
  if (!isObject(value)) return false;
  const isDropped = (value.object === 'user' || value.type === 'person') && dropAddress(value);
  return Object.values(value).map(dropEmails).includes(true) || isDropped;
}

function dropAddress(user: JsonObject): boolean {
  if (!isObject(user.person) || user.person.email === undefined) return false;
  delete user.person.email;
  return true;
}
