/** Every route the simulator answers. */

import type { Route } from './protocol/routes.ts';
import { blockRoutes } from './read/blocks.ts';
import { commentRoutes } from './read/comments.ts';
import { databaseRoutes } from './read/databases.ts';
import { pageRoutes } from './read/pages.ts';
import { searchRoutes } from './read/search.ts';
import { uploadRoutes } from './read/uploads.ts';
import { userRoutes } from './read/users.ts';
import { viewRoutes } from './read/views.ts';
import { writeRoutes } from './write/routes.ts';

export const allRoutes: readonly Route[] = [
  ...blockRoutes,
  ...commentRoutes,
  ...databaseRoutes,
  ...pageRoutes,
  ...searchRoutes,
  ...uploadRoutes,
  ...userRoutes,
  ...viewRoutes,
  ...writeRoutes,
];
