/** The last words of ssh as errors for people; and the status codes of a server. */
import { KlosetError } from '../../errors.ts';
import type { SftpAddress } from '../remote-address.ts';

interface Words {
  readonly said: RegExp;
  /** A failure that may pass, by the name that Node gives it elsewhere. */
  readonly networkCode?: string;
  readonly error?: (address: SftpAddress, said: string) => KlosetError;
}

const hostOf = ({ user, host }: SftpAddress): string => (user === undefined ? host : `${user}@${host}`);

/** The first that fits counts. */
const knownWords: readonly Words[] = [
  {
    said: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    error: ({ location, host }) =>
      new KlosetError(
        'credentials',
        `${location}: the host key of ${host} is another one than ssh remembers.`,
        {
          hint: `Find out why before you go on: another host may have taken its place. If it was installed again, run \`ssh-keygen -R ${host}\`.`,
        },
      ),
  },
  {
    said: /Host key verification failed|No .* host key is known/i,
    error: (address) =>
      new KlosetError(
        'credentials',
        `${address.location}: ssh does not know the host key of ${address.host}.`,
        {
          hint: `Connect once by hand, \`ssh ${hostOf(address)}\`, and compare the fingerprint that it shows.`,
        },
      ),
  },
  {
    said: /Permission denied \(|Too many authentication failures|no mutual authentication/i,
    error: (address) =>
      new KlosetError('credentials', `${address.location}: the host refused every key that ssh offered.`, {
        hint: `\`ssh -o BatchMode=yes ${hostOf(address)}\` must get in without a question: check the agent and ~/.ssh/config.`,
      }),
  },
  {
    said: /subsystem request failed|request for subsystem .* failed/i,
    error: ({ location }) =>
      new KlosetError('unavailable', `${location}: the host does not offer SFTP to this user.`, {
        hint: 'Its sshd needs the line `Subsystem sftp internal-sftp`.',
      }),
  },
  {
    said: /Bad configuration option|bad configuration options|unknown option|illegal option|usage: ssh/i,
    error: ({ location }, said) =>
      new KlosetError('usage', `${location}: ssh does not accept its settings: ${firstLine(said)}`, {
        hint: 'Check ~/.ssh/config and NOTION_KLOSET_SSH_COMMAND.',
      }),
  },
  { said: /Could not resolve hostname.*(Temporary failure|try again)/is, networkCode: 'EAI_AGAIN' },
  { said: /Could not resolve hostname/i, networkCode: 'ENOTFOUND' },
  { said: /Connection refused/i, networkCode: 'ECONNREFUSED' },
  { said: /timed out|Timeout, server/i, networkCode: 'ETIMEDOUT' },
  { said: /No route to host/i, networkCode: 'EHOSTUNREACH' },
  { said: /Network is unreachable/i, networkCode: 'ENETUNREACH' },
];

/** The failure of an ssh that ended and wrote `said` on standard error: a KlosetError, or one with a code of the network. */
export function sshEnded(address: SftpAddress, said: string): Error {
  const found = knownWords.find((words) => words.said.test(said));
  if (found?.error !== undefined) return found.error(address, said);
  const code = found?.networkCode ?? 'ECONNRESET';
  return Object.assign(new Error(firstLine(said) || 'ssh ended'), { code });
}

export function sshMissing(command: string, cause: unknown): KlosetError {
  return new KlosetError(
    'usage',
    `A store at sftp:// needs the program ${command}, which cannot be started.`,
    {
      hint: 'Install the OpenSSH client, or name another one with NOTION_KLOSET_SSH_COMMAND.',
      cause,
    },
  );
}

/** A refusal by the server: its status code, and its words. */
export class SftpStatus extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message || `status ${status}`);
    this.status = status;
  }
}

function firstLine(text: string): string {
  return (text.trim().split('\n', 1)[0] ?? '').trim();
}
