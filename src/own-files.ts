/**
 * Files of this program that it reads or starts. This is the one file that knows where it lies: one folder below the package, in the
 * sources (`src`), compiled (`dist`), and joined with others (`program`) alike.
 */

/** The address of a file of the package: its manifest, its command. */
export function packageFile(name: string): URL {
  return new URL(`../${name}`, import.meta.url);
}

/** The address of a file that lies beside the code: `web/assets/app.css`. */
export function codeFile(name: string): URL {
  return new URL(name, import.meta.url);
}
