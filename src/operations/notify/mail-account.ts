/** The account that messages are mailed with: its server, its addresses, and whether what it sends is encrypted on the way. */
import { KlosetError } from '../../errors.ts';

/** The place of a mail server. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** True for TLS from the first byte (RFC 8314); otherwise STARTTLS follows the greeting. */
  readonly isImplicitTls: boolean;
}

export interface MailAccount {
  readonly server: MailServer;
  /** False for a server on this machine without TLS. */
  readonly isEncrypted: boolean;
  /** The certificate of an authority, as PEM, that is trusted besides the known ones. */
  readonly authority?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly login?: { readonly user: string; readonly password: string };
}

/** Ports of RFC 6409 and RFC 8314. */
const ports: { readonly [protocol: string]: number } = { 'smtp:': 587, 'smtps:': 465 };

/** `smtp://host[:port]` or `smtps://host[:port]`. @throws KlosetError `usage` */
export function parseMailServer(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = ports[url?.protocol ?? ''];
  if (url === undefined || port === undefined || url.hostname === '')
    throw new KlosetError('usage', 'server must be an address like smtps://mail.example.com.', {
      hint: 'smtp:// has the port 587 and demands STARTTLS, smtps:// the port 465; another one follows the name: smtp://mail.example.com:25.',
    });
  if (url.username !== '' || url.password !== '')
    throw new KlosetError('usage', 'server holds no name and no password.', {
      hint: 'Give them as user=NAME and password=-, which asks for it.',
    });
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw new KlosetError('usage', 'server ends with its port: nothing may follow.');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? port : Number(url.port),
    isImplicitTls: url.protocol === 'smtps:',
  };
}

/** True for this machine itself: nobody can listen on the way. */
export function isThisMachine({ host }: MailServer): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** True when `text` is one bare address: nothing in it can begin another one, or a line. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(text);
}
