/** Looks at a connection to Notion: whose token it is, what it may do, what it is shown, whose clock is wrong. */
import type { JsonObject } from '../../document/json.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { pageTitle } from '../../document/title.ts';
import type { Capability } from '../../notion/api/capabilities.ts';
import { probeCapabilities } from '../../notion/api/capabilities.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { listPages } from '../../notion/api/listing.ts';
import type { JobContext } from '../job-context.ts';
import type { Finding } from './finding.ts';
import { findingsOf, ok, warning } from './finding.ts';

const integrationsPage = 'https://www.notion.so/profile/integrations';

/** Objects of the workspace that are counted; more are told as so many and more. */
const maxCounted = 1_000;
/** Titles printed of what lies at the top. */
const maxTitles = 5;
/** A difference between two clocks that matters: edit times are known to the minute. */
const maxSkewMs = 60_000;

/** The words in Notion's settings for each capability, and the loss without it. */
const losses: { readonly [capability in Capability]: readonly [string, string] } = {
  read_content: ['Read content', 'nothing can be backed up'],
  update_content: [
    'Update content',
    '`restore --in-place`, undo and the last steps of a restore are refused',
  ],
  insert_content: ['Insert content', 'nothing can be restored into Notion'],
  read_comments: ['Read comments', 'backups have no comments'],
  insert_comments: ['Insert comments', 'a restore leaves comments out'],
  read_users: ['Read user information', 'backups have ids of people instead of names'],
};

/** Needed for a backup; without the others something is lost. */
const needed: ReadonlySet<Capability> = new Set(['read_content']);

/** Everything that can be found out without writing. Notion that cannot be reached is one failed finding. */
export async function diagnoseNotion(job: JobContext, api: NotionConnection): Promise<Finding[]> {
  const token = await findingsOf('token', async () => tokenFindings(await whoAmI(api)));
  if (token.some(({ state }) => state === 'failed')) return token;
  return [
    ...token,
    ...(await findingsOf('capabilities', () => capabilityFindings(api))),
    ...(await findingsOf('pages', () => pageFindings(api))),
    clockFinding(job, api),
  ];
}

/** The connection alone: one request. */
export async function pingNotion(api: NotionConnection): Promise<Finding[]> {
  return await findingsOf('token', async () => tokenFindings(await whoAmI(api)));
}

function whoAmI(api: NotionConnection): Promise<JsonObject> {
  return api.request({ method: 'get', path: 'users/me', effect: 'read' });
}

function tokenFindings(me: JsonObject): Finding[] {
  const bot = objectAt(me, 'bot');
  const workspace = stringAt(bot, 'workspace_name') ?? 'a workspace without a name';
  const limit = objectAt(bot, 'workspace_limits')?.max_file_upload_size_in_bytes;
  return [
    ok('token', `${kindOf(bot)} "${stringAt(me, 'name') ?? ''}" in ${JSON.stringify(workspace)}`),
    typeof limit === 'number'
      ? ok(
          'uploads',
          `files of up to ${Math.round(limit / 1024 / 1024).toLocaleString('en')} MiB can be restored`,
        )
      : {
          topic: 'uploads',
          state: 'unknown',
          text: 'Notion does not tell the largest file that can be restored',
        },
  ];
}

function kindOf(bot: JsonObject | undefined): string {
  const owner = objectAt(bot, 'owner');
  if (stringAt(owner, 'type') === 'workspace') return 'internal integration';
  if (stringAt(owner, 'type') !== 'user') return 'integration';
  return `integration that ${stringAt(objectAt(owner, 'user'), 'name') ?? 'a person'} authorised:`;
}

async function capabilityFindings(api: NotionConnection): Promise<Finding[]> {
  const found = await probeCapabilities(api);
  return [...found].map(([capability, state]) => {
    const [name, loss] = losses[capability];
    const topic = 'capability';
    if (state === 'present') return ok(topic, name);
    if (state === 'unknown') return { topic, state, text: `${name}: Notion's answer does not tell` };
    const hint = `Turn on "${name}" of the integration at ${integrationsPage}.`;
    const text = `${name} is missing: ${loss}`;
    if (!needed.has(capability)) return warning(topic, text, hint);
    return { topic, state: 'failed', text, hint, code: 'credentials' };
  });
}

async function pageFindings(api: NotionConnection): Promise<Finding[]> {
  const shown: JsonObject[] = [];
  for await (const { items } of listPages(api, {
    method: 'post',
    path: 'search',
    body: {},
    effect: 'read',
  })) {
    shown.push(...items);
    if (shown.length >= maxCounted) break;
  }
  if (shown.length === 0)
    return [
      {
        topic: 'pages',
        state: 'failed',
        text: 'no page is shared with this integration',
        hint: 'Open a page in Notion, choose ••• → Connections, and add the integration.',
        code: 'not-found',
      },
    ];
  const count =
    shown.length >= maxCounted ? `${maxCounted.toLocaleString('en')} and more` : `${shown.length}`;
  const roots = rootsOf(shown);
  const titles = roots.slice(0, maxTitles).map((root) => JSON.stringify(pageTitle(root)));
  const more = roots.length > maxTitles ? ` and ${roots.length - maxTitles} more` : '';
  return [
    ok('pages', `${count} pages and data sources are shared`),
    ok('roots', `at the top: ${titles.join(', ')}${more}`),
  ];
}

/** The objects that Notion shows no parent of. */
function rootsOf(shown: readonly JsonObject[]): JsonObject[] {
  const ids = new Set(shown.map(({ id }) => id));
  return shown.filter((each) => {
    if (each.object !== 'page') return false;
    const parent = objectAt(each, 'parent');
    const type = stringAt(parent, 'type') ?? '';
    if (type === 'workspace') return true;
    return type === 'page_id' && !ids.has(parent?.page_id ?? null);
  });
}

function clockFinding({ clock }: JobContext, api: NotionConnection): Finding {
  const notionNow = api.notionNow();
  if (notionNow === undefined)
    return { topic: 'clock', state: 'unknown', text: "Notion's time is not known" };
  const aheadMs = Math.round(clock.now() - notionNow);
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) < maxSkewMs) return ok('clock', `differs from Notion's by ${seconds} s`);
  return warning(
    'clock',
    `this machine is ${seconds.toLocaleString('en')} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Notion`,
    'Set the clock (`timedatectl set-ntp true`): snapshots state the time of this machine.',
  );
}
