/**
 * A mail server on loopback by the RFCs: 5321 (SMTP), 3207 (STARTTLS), 4954 and 4616 (AUTH PLAIN), 8314 (implicit TLS). It keeps
 * what it took, and what its clients did that the RFCs forbid.
 */
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The message as it was meant: dots at the start of lines are single again. */
  readonly text: string;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

export interface SmtpOptions {
  readonly certificate: Certificate;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
}

/** An answer that ends the connection. */
export const hangUp = 'hang up';

export class SmtpServer {
  readonly taken: TakenMail[] = [];
  /** What clients did against the RFCs. */
  readonly violations: string[] = [];
  /** Commands in their order, without what follows AUTH. */
  readonly commands: string[] = [];
  /** An answer instead of the usual one, by the first word of the command (`GREETING`, `RCPT`, `END` for the dot); "" for silence. */
  readonly answers = new Map<string, string>();
  /** Answers for the first commands of that word alone. */
  readonly once = new Map<string, string[]>();
  readonly options: SmtpOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: SmtpOptions) {
    this.options = options;
    const serve = (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      new Session(this, socket).greet();
    };
    this.#server =
      options.tls === 'implicit' ? createTlsServer({ ...options.certificate }, serve) : createServer(serve);
    this.#server.on('tlsClientError', () => {});
  }

  /** The port that it listens at. */
  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Forgets everything but its options. */
  reset(): void {
    for (const list of [this.taken, this.violations, this.commands]) list.splice(0);
    this.answers.clear();
    this.once.clear();
  }
}

/** RFC 5321 §4.5.3.1, with the CRLF. */
const maxCommandBytes = 512;
const maxTextLineBytes = 1000;
const crlf = '\r\n';

class Session {
  readonly #server: SmtpServer;
  #socket: Socket;
  #received = Buffer.alloc(0);
  #isEncrypted: boolean;
  #hasGreeted = false;
  #user: string | undefined;
  #from: string | undefined;
  #to: string[] = [];
  #text: string[] | undefined;
  #isAwaitingPlain = false;

  constructor(server: SmtpServer, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    this.#isEncrypted = server.options.tls === 'implicit';
    this.#listen();
  }

  greet(): void {
    this.#answer('GREETING', '220 mail.example.com ESMTP');
  }

  #listen(): void {
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (let end = this.#received.indexOf('\n'); end !== -1; end = this.#received.indexOf('\n')) {
      const line = this.#received.subarray(0, end + 1);
      this.#received = this.#received.subarray(end + 1);
      this.#line(line);
    }
  }

  #line(bytes: Buffer): void {
    const line = bytes.toString('latin1');
    if (!line.endsWith(crlf)) this.#violates('a line that does not end with CRLF');
    if (/[\r\0]/.test(line.slice(0, -2))) this.#violates('a bare CR or NUL');
    if (this.#text !== undefined) this.#textLine(line.replace(/\r?\n$/, ''), bytes.length);
    else if (this.#isAwaitingPlain) this.#plain(line.trim());
    else {
      if (bytes.length > maxCommandBytes) this.#violates('a command of more than 512 octets');
      this.#command(line.replace(/\r?\n$/, ''));
    }
  }

  #textLine(line: string, bytes: number): void {
    if (bytes > maxTextLineBytes) this.#violates('a line of text of more than 1000 octets');
    if (/[^\x01-\x7f]/.test(line)) this.#violates('8-bit text without BODY=8BITMIME');
    if (line !== '.') {
      this.#text?.push(line.replace(/^\./, ''));
      return;
    }
    const text = (this.#text ?? []).join(crlf);
    this.#text = undefined;
    const answered = this.#answer('END', '250 2.0.0 taken');
    if (answered.startsWith('250'))
      this.#server.taken.push({
        from: this.#from ?? '',
        to: this.#to,
        text,
        isEncrypted: this.#isEncrypted,
        user: this.#user,
      });
    this.#from = undefined;
    this.#to = [];
  }

  #command(line: string): void {
    const word = line.split(' ', 1)[0]?.toUpperCase() ?? '';
    this.#server.commands.push(word === 'AUTH' ? 'AUTH' : line);
    switch (word) {
      case 'EHLO':
        if (!/^EHLO (?:[A-Za-z0-9.-]+|\[[^\]]+\])$/.test(line)) this.#violates(`bad EHLO: ${line}`);
        this.#hasGreeted = true;
        this.#answer('EHLO', this.#extensions());
        return;
      case 'STARTTLS':
        this.#startTls();
        return;
      case 'AUTH':
        this.#auth(line);
        return;
      case 'MAIL':
        this.#mail(line);
        return;
      case 'RCPT':
        this.#recipient(line);
        return;
      case 'DATA':
        if (this.#to.length === 0) this.#answer('DATA', '503 5.5.1 no recipient');
        else if (this.#answer('DATA', '354 go on').startsWith('354')) this.#text = [];
        return;
      case 'QUIT':
        this.#answer('QUIT', '221 2.0.0 bye');
        this.#socket.end();
        return;
      case 'RSET':
      case 'NOOP':
        this.#answer(word, '250 2.0.0 ok');
        return;
      default:
        this.#violates(`unknown command ${word}`);
        this.#answer(word, '500 5.5.2 unknown command');
    }
  }

  #extensions(): string {
    const { tls, login } = this.#server.options;
    const offersLogin = login !== undefined && (this.#isEncrypted || tls === 'none');
    return [
      'mail.example.com',
      'SIZE 1000000',
      ...(tls === 'starttls' && !this.#isEncrypted ? ['STARTTLS'] : []),
      ...(offersLogin ? ['AUTH PLAIN'] : []),
      'ENHANCEDSTATUSCODES',
    ]
      .map((each, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${each}`)
      .join(crlf);
  }

  #startTls(): void {
    if (this.#isEncrypted || this.#server.options.tls !== 'starttls') {
      this.#violates('STARTTLS that was not offered');
      this.#answer('STARTTLS', '503 5.5.1 not now');
      return;
    }
    if (!this.#answer('STARTTLS', '220 2.0.0 go on').startsWith('220')) return;
    // RFC 3207 §4: nothing may follow before the handshake, and all that was said before is forgotten (§4.2).
    if (this.#received.length > 0) this.#violates('commands between STARTTLS and the handshake');
    this.#received = Buffer.alloc(0);
    this.#hasGreeted = false;
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, ...this.#server.options.certificate });
    this.#socket.on('error', () => {});
    this.#socket.once('secure', () => {
      this.#isEncrypted = true;
    });
    this.#listen();
  }

  #auth(line: string): void {
    const { tls, login } = this.#server.options;
    if (!this.#hasGreeted || this.#user !== undefined || login === undefined) {
      this.#violates('AUTH that was not offered');
      this.#answer('AUTH', '503 5.5.1 not now');
    } else if (!this.#isEncrypted && tls !== 'none') {
      this.#violates('AUTH without encryption');
      this.#answer('AUTH', '538 5.7.11 encryption required');
    } else {
      const [, initial] = /^AUTH PLAIN(?: ([A-Za-z0-9+/=]+))?$/i.exec(line) ?? this.#badAuth();
      if (initial !== undefined) this.#plain(initial);
      else if (this.#answer('AUTH', '334 ').startsWith('334')) this.#isAwaitingPlain = true;
    }
  }

  #badAuth(): [] {
    this.#violates('an AUTH mechanism that was not offered');
    return [];
  }

  #plain(text: string): void {
    this.#isAwaitingPlain = false;
    const [, user, password] = Buffer.from(text, 'base64').toString('utf8').split('\0');
    const { login } = this.#server.options;
    const isRight = user === login?.user && password === login?.password;
    const answered = this.#answer('AUTH', isRight ? '235 2.7.0 welcome' : '535 5.7.8 wrong user or password');
    if (answered.startsWith('235')) this.#user = user;
  }

  #mail(line: string): void {
    const [, from, size] = /^MAIL FROM:<([^<>\s]+@[^<>\s]+)>(?: SIZE=(\d+))?$/i.exec(line) ?? [];
    if (from === undefined) this.#violates(`bad MAIL: ${line}`);
    if (!this.#hasGreeted) this.#answer('MAIL', '503 5.5.1 EHLO first');
    else if (this.#server.options.tls === 'starttls' && !this.#isEncrypted)
      this.#answer('MAIL', '530 5.7.0 must issue a STARTTLS command first');
    else if (this.#server.options.login !== undefined && this.#user === undefined)
      this.#answer('MAIL', '530 5.7.0 authentication required');
    else if (Number(size ?? 0) > 1_000_000) this.#answer('MAIL', '552 5.3.4 too large');
    else if (this.#answer('MAIL', '250 2.1.0 ok').startsWith('250')) this.#from = from;
  }

  #recipient(line: string): void {
    const [, to] = /^RCPT TO:<([^<>\s]+@[^<>\s]+)>$/i.exec(line) ?? [];
    if (to === undefined) this.#violates(`bad RCPT: ${line}`);
    if (this.#from === undefined) this.#answer('RCPT', '503 5.5.1 MAIL first');
    else if (this.#answer('RCPT', '250 2.1.5 ok').startsWith('250')) this.#to.push(to ?? '');
  }

  /** Answers, unless the test wants another answer or none; gives what was answered. */
  #answer(word: string, usual: string): string {
    const text = this.#server.once.get(word)?.shift() ?? this.#server.answers.get(word) ?? usual;
    if (text === hangUp) this.#socket.destroy();
    else if (text !== '') this.#socket.write(`${text}${crlf}`);
    return text;
  }

  #violates(what: string): void {
    this.#server.violations.push(what);
  }
}
