/** The options of a notification by mail. */
import { KlosetError } from '../../errors.ts';
import type { MailAccount } from '../../operations/notify/mail-account.ts';
import { isMailAddress, isThisMachine, parseMailServer } from '../../operations/notify/mail-account.ts';
import type { App } from '../app/app.ts';
import { parseChoice, splitWords } from '../text/parse.ts';
import { secretOption } from './secrets/secret-option.ts';
import { secretText } from './secrets/secret-sources.ts';
import type { Connector } from './settings/connector-options.ts';
import { waysToGive } from './settings/ways-to-give.ts';

const tlsChoices = ['required', 'none'] as const;

/** Checks each value of a mail that `options` have. @throws KlosetError `usage` */
export function checkMailValues({ server, tls, from, to }: Connector): void {
  if (server !== undefined) parseMailServer(server);
  if (tls !== undefined) parseChoice(tls, tlsChoices, 'tls');
  for (const [name, text] of [['from', from], ...splitWords(to ?? '').map((address) => ['to', address])])
    if (text !== undefined && !isMailAddress(text))
      throw new KlosetError('usage', `${name} takes a bare address like me@example.com, not "${text}".`);
}

/**
 * Checks values that are right each for itself together.
 * @throws KlosetError `usage` when something is missing, or a password would be sent for everybody to read
 */
export function checkMail(options: Connector): void {
  const { server, to, user, tls } = options;
  const missing = (what: string, hint: string) =>
    new KlosetError('usage', `A notification of type mail needs ${what}.`, { hint });
  if (server === undefined)
    throw missing('server=…', 'Give the address of the server: server=smtps://mail.example.com.');
  if (splitWords(to ?? '').length === 0)
    throw missing('to=…', 'Give one address, or several between commas: to=me@example.com.');
  if (senderOf(options) === undefined)
    throw missing('from=…', 'Give the address that it is from: from=me@example.com.');
  const hasPassword = waysToGive('password').some((way) => options[way] !== undefined);
  if (hasPassword !== (user !== undefined))
    throw missing('user=… and password=- together', 'Leave both out for a server that wants neither.');
  const place = parseMailServer(server);
  if (tls !== 'none') return;
  if (place.isImplicitTls) throw new KlosetError('usage', 'smtps:// is TLS: tls=none contradicts it.');
  if (hasPassword && !isThisMachine(place))
    throw new KlosetError('usage', 'With tls=none everybody on the way could read the password.', {
      hint: 'Leave out tls=none; it is for a server on this machine.',
    });
}

/** The account that `options`, which are checked, name. @throws KlosetError `credentials` when its password cannot be had */
export async function mailAccountOf(app: App, options: Connector): Promise<MailAccount> {
  const { server = '', to = '', user, tls, ca_file } = options;
  const password = await secretOption(app, options, 'password', 'password');
  return {
    server: parseMailServer(server),
    isEncrypted: tls !== 'none',
    from: senderOf(options) ?? '',
    to: splitWords(to),
    ...(ca_file === undefined ? {} : { authority: await secretText(app, ca_file, 'certificate') }),
    ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
  };
}

function senderOf({ from, user }: Connector): string | undefined {
  return from ?? (user !== undefined && isMailAddress(user) ? user : undefined);
}
