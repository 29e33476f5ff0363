/** Compares what commands print as JSON with the schemas of docs/schema, in which no member may stand that they do not name. */
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { App } from '../../src/cli/app/app.ts';
import { commandWords, readCommandLine } from '../../src/cli/command-line.ts';
import { findCommand, pathOf } from '../../src/cli/help/find-command.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { outputs, schemaOf } from '../../src/cli/schema/outputs.ts';
import { fakeIo } from './fake-io.ts';

const ajv = new Ajv2020({ strict: true, allErrors: false });
const compiled = new Map<string, ValidateFunction>();
/** The outputs that were compared in this process. */
export const compared = new Set<string>();
const program = createProgram(new App(fakeIo({}), undefined), main);

function validatorOf(name: string): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const schema = schemaOf(name, { isClosed: true });
  if (schema === undefined) throw new Error(`No schema describes what \`${name}\` prints.`);
  const made = ajv.compile(schema);
  compiled.set(name, made);
  return made;
}

/** The way in which `value` is not what `name` prints; undefined when it is. */
export function problemOf(name: string, value: unknown): string | undefined {
  const validate = validatorOf(name);
  compared.add(name);
  if (validate(value)) return undefined;
  return `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 2000)}`;
}

/** The path of the command that the words name; undefined when they name none. */
export async function commandOf(argv: readonly string[]): Promise<string | undefined> {
  try {
    return pathOf(findCommand(await program, commandWords(readCommandLine(argv).words)));
  } catch {
    return undefined;
  }
}

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The ways in which a command that ran with `argv` broke the promises of docs/scripting.md: with `--json` one object alone on
 * stdout, that of the command or an error; with `--progress json` nothing but events on stderr.
 */
export async function brokenPromises(
  argv: readonly string[],
  { stdout, stderr }: Printed,
): Promise<string[]> {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const found: (string | undefined)[] = [];
  if (
    own.some((word) => /^--?json$/.test(word)) &&
    !own.some((word) => /^(--?help|-h|--?version|-V|-v)$/.test(word))
  )
    found.push(await jsonProblem(argv, stdout));
  if (/ --?progress[ =]json /.test(` ${own.join(' ')} `)) found.push(...progressProblems(stderr));
  return found.filter((problem) => problem !== undefined);
}

async function jsonProblem(argv: readonly string[], stdout: string): Promise<string | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    return `${argv.join(' ')}: stdout is not one JSON object: ${stdout.slice(0, 500)}`;
  }
  if (stdout.indexOf('\n') !== stdout.length - 1) return `${argv.join(' ')}: stdout has more than one line`;
  const isError = typeof value === 'object' && value !== null && Object.hasOwn(value, 'error');
  const name = isError ? 'error' : await commandOf(argv);
  if (name === undefined || outputs[name] === undefined) return `No schema: ${argv.join(' ')}`;
  return problemOf(name, value);
}

function progressProblems(stderr: string): (string | undefined)[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return problemOf('progress', JSON.parse(line));
      } catch {
        return `stderr has a line that is not JSON: ${line}`;
      }
    });
}
