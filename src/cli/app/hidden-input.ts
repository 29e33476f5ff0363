/**
 * Lines typed on a terminal and shown nowhere. The terminal echoes nothing from the first question to the last of those that
 * follow each other, and what was typed or pasted ahead answers the next one.
 */
import { StringDecoder } from 'node:string_decoder';
import { KlosetError } from '../../errors.ts';

/** The parts of a terminal's input that are used. */
export interface TerminalInput {
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const [interrupt, endOfText, backspace, erase, eraseLine] = ['\u0003', '\u0004', '\b', '\u007f', '\u0015'];

export class HiddenInput {
  readonly #input: TerminalInput;
  #ahead = '';
  #leaving: NodeJS.Immediate | undefined;
  #isRaw = false;

  constructor(input: TerminalInput) {
    this.#input = input;
  }

  /** The next line. @throws KlosetError `temporary` on Ctrl-C */
  async line(): Promise<string> {
    this.#enter();
    const decoder = new StringDecoder('utf8');
    try {
      let text = '';
      return await new Promise<string>((resolve, reject) => {
        const take = (typed: string) => {
          const characters = [...typed];
          for (const [at, character] of characters.entries()) {
            if (character === interrupt)
              return end(() => reject(new KlosetError('temporary', 'Interrupted.')));
            if (character === '\r' || character === '\n' || character === endOfText) {
              const isPair = character === '\r' && characters[at + 1] === '\n';
              this.#ahead = characters.slice(at + (isPair ? 2 : 1)).join('');
              return end(() => resolve(text));
            }
            if (character === backspace || character === erase) text = [...text].slice(0, -1).join('');
            else if (character === eraseLine) text = '';
            else text += character;
          }
        };
        const listen = (bytes: Buffer) => take(decoder.write(bytes));
        const end = (settle: () => void) => {
          this.#input.off('data', listen);
          settle();
        };
        this.#input.on('data', listen);
        const ahead = this.#ahead;
        this.#ahead = '';
        take(ahead);
      });
    } finally {
      // A question that follows at once keeps the terminal silent in between.
      this.#leaving = setImmediate(() => this.#leave());
    }
  }

  #enter(): void {
    if (this.#leaving !== undefined) clearImmediate(this.#leaving);
    this.#leaving = undefined;
    if (this.#isRaw) return;
    this.#isRaw = true;
    this.#input.setRawMode(true);
    this.#input.resume();
  }

  /** Ends the silence. The rest was typed for a question that does not come: it is dropped, never shown. */
  #leave(): void {
    this.#leaving = undefined;
    this.#isRaw = false;
    this.#ahead = '';
    this.#input.pause();
    this.#input.setRawMode(false);
  }
}
