/** From the command line to the Notion API: the connector, the token, the address. */
import { parseNotionId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { connectNotion } from '../../notion/api/client.ts';
import { pacesOf } from '../../pace.ts';
import type { App } from '../app/app.ts';
import { configFolder } from '../app/folders.ts';
import { parseCount } from '../text/parse.ts';
import { ratesOf } from './network/rates.ts';
import { throughProxy } from './network/through-proxy.ts';
import type { NotionLimits } from './scope/limits.ts';
import { secretOption } from './secrets/secret-option.ts';
import type { Connector } from './settings/connectors.ts';
import { ConnectorFile } from './settings/connectors.ts';

/** Options of the connector named `@name`; empty for none. @throws KlosetError `usage` for anything else */
export function connectorOf(app: App, kind: 'source' | 'destination', word: string | undefined): Connector {
  if (word === undefined || word === 'notion://' || word === 'notion:') return {};
  if (word.startsWith('@')) return new ConnectorFile(configFolder(app.io), kind).get(word.slice(1));
  throw new KlosetError('usage', `Unknown ${kind} "${word}".`, {
    hint: `Name a configured ${kind} ("@mynotion") or leave it out; \`notion-kloset ${kind} list\` prints them.`,
  });
}

/** Opens the API for a connector, lends it to `use`, and closes it. */
export function withNotion<T>(
  app: App,
  connector: Connector,
  use: (api: NotionConnection) => Promise<T>,
): Promise<T> {
  return withLimitedNotion(app, connector, {}, use);
}

/** The same, with limits to what it sends. */
export async function withLimitedNotion<T>(
  app: App,
  connector: Connector,
  limits: NotionLimits,
  use: (api: NotionConnection) => Promise<T>,
): Promise<T> {
  await throughProxy(app);
  const api = connectNotion({
    ...limits,
    token: await tokenOf(app, connector),
    apiUrl: app.options.apiUrl ?? connector.api_url ?? app.io.env.NOTION_API_URL ?? 'https://api.notion.com',
    clock: app.io.clock,
    monitor: app.progress,
    paces: pacesOf(app.io, ratesOf(app.options, connector)),
    attemptsBeforeContact: 4,
    ...(app.options.rate === undefined
      ? {}
      : { requestsPerMinute: parseCount(app.options.rate, '--rate', 1) }),
  });
  const close = () => api.close();
  app.io.signal.addEventListener('abort', close, { once: true });
  try {
    return await use(api);
  } catch (error) {
    // An interrupted run fails in many places at once; report the interruption, not one of those failures.
    app.io.signal.throwIfAborted();
    throw error;
  } finally {
    app.io.signal.removeEventListener('abort', close);
    api.close();
  }
}

/** The token a connector or the environment gives. @throws KlosetError `credentials` when there is none */
export async function tokenOf(app: App, connector: Connector): Promise<string> {
  const own = await secretOption(app, connector, 'token', 'token');
  const token = own ?? (app.io.env.NOTION_TOKEN || app.io.env.NOTION_API_TOKEN);
  if (token !== undefined && token.trim() !== '') return token.trim();
  throw new KlosetError('credentials', 'No Notion token is set.', {
    hint: 'Set NOTION_TOKEN, or add a source: `notion-kloset source add mynotion location=notion:// token=-` asks for it.',
  });
}

/** A page or database id out of what people paste. @throws KlosetError `usage` */
export function idOf(text: string, name: string): string {
  const id = parseNotionId(text.trim());
  if (id !== undefined) return id;
  throw new KlosetError('usage', `Invalid Notion id for ${name}: "${text}".`, {
    hint: 'Give the URL of the page, or the 32 digits at its end, with or without dashes.',
  });
}
