/** The AWS SDK, loaded when a store on S3 is used. It is not installed with this program: see docs/decisions/0030. */
import { createRequire } from 'node:module';
import { KlosetError } from '../../errors.ts';

export type Sdk = typeof import('@aws-sdk/client-s3');

export const sdkPackage = '@aws-sdk/client-s3';

/** @throws KlosetError usage when the package is not installed */
export async function loadSdk(): Promise<Sdk> {
  try {
    // Imported, it would be read twice: by Node for the names it exports, and to be run. That takes 50 ms.
    return createRequire(import.meta.url)('@aws-sdk/client-s3');
  } catch (cause) {
    throw new KlosetError('usage', `A store on S3 needs the package ${sdkPackage}, which is not installed.`, {
      hint: `Install it beside this program: \`npm install -g notion-kloset ${sdkPackage}\`, or run \`npx -p notion-kloset -p ${sdkPackage} notion-kloset …\`.`,
      cause,
    });
  }
}
