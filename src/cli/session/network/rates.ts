/** Bytes a second that a connection may take: to a store elsewhere, and for files of Notion. */
import type { RateLimits } from '../../../pace.ts';
import type { App } from '../../app/app.ts';
import { parseBytes } from '../../text/parse.ts';
import type { Connector } from '../settings/connectors.ts';

/** The options of the command line come before those of the connector. @throws KlosetError usage */
export function ratesOf(options: App['options'], settings: Connector): RateLimits {
  const upload = rate(options.limitUpload, '--limit-upload') ?? rate(settings.limit_upload, 'limit_upload');
  const download =
    rate(options.limitDownload, '--limit-download') ?? rate(settings.limit_download, 'limit_download');
  return {
    ...(upload === undefined ? {} : { uploadBytes: upload }),
    ...(download === undefined ? {} : { downloadBytes: download }),
  };
}

function rate(text: string | undefined, name: string): number | undefined {
  return text === undefined ? undefined : parseBytes(text, name);
}
