/** Parts of a page besides its blocks that do not come back exactly when it is created again. */
import type { JsonObject } from '../../../document/json.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { pageValues } from './create-page.ts';

/** Converts icon, cover and values, so that `conversion` notes them. */
export function notePageLosses(
  context: RestoreContext,
  object: RestoredObject,
  page: JsonObject,
  conversion: Conversion,
): void {
  writableIcon(page.icon, object.id, conversion);
  writableCover(page.cover, object.id, conversion);
  pageValues(context, object, page, conversion);
}
