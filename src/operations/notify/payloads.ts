/** The message in the forms that chat programs take. Pure: nothing is sent here. */
import type { JsonObject } from '../../document/json.ts';
import type { RunMessage, RunState } from './message.ts';
import { messageText } from './message.ts';

/** Longer texts are refused by some of them; Discord takes 2,000 characters, Slack 3,000 in a section. */
const maxTextLength = 1_900;

const colors: { readonly [state in RunState]: string } = {
  success: '2e7d32',
  incomplete: 'f9a825',
  alarm: 'd84315',
  failure: 'c62828',
};

/** Slack: incoming webhooks, <https://api.slack.com/messaging/webhooks>. */
export function slackPayload(message: RunMessage): JsonObject {
  const body = cut(bodyText(message))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return {
    text: message.title,
    attachments: [{ color: `#${colors[message.state]}`, title: message.title, text: body }],
  };
}

/** Discord: execute webhook, <https://discord.com/developers/docs/resources/webhook>. Nobody is mentioned, whatever a title says. */
export function discordPayload(message: RunMessage): JsonObject {
  const color = Number.parseInt(colors[message.state], 16);
  return {
    embeds: [
      { title: cut(message.title, 250), description: cut(bodyText(message)), color, timestamp: message.time },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Teams: an adaptive card for a workflow that posts webhook requests to a channel. */
export function teamsPayload(message: RunMessage): JsonObject {
  const text = (words: string, more: JsonObject = {}) => ({
    type: 'TextBlock',
    text: words,
    wrap: true,
    ...more,
  });
  const color = { success: 'Good', incomplete: 'Warning', alarm: 'Attention', failure: 'Attention' }[
    message.state
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      text(message.title, { weight: 'Bolder', size: 'Medium', color }),
      ...message.lines.map((line) => text(cut(line))),
      ...(message.todo === undefined ? [] : [text(`To do: ${message.todo}`, { weight: 'Bolder' })]),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  };
}

/** Plain JSON, for programs. */
export function plainPayload(message: RunMessage): JsonObject {
  const { state, title, lines, todo = null, time, host, store, snapshot = null, exitCode } = message;
  return {
    program: 'notion-kloset',
    state,
    title,
    lines: [...lines],
    todo,
    text: messageText(message),
    time,
    host,
    store,
    snapshot,
    exit_code: exitCode,
  };
}

function bodyText(message: RunMessage): string {
  return messageText(message).slice(message.title.length).trim();
}

function cut(text: string, maxLength = maxTextLength): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
