/** The tables of a restore's journal. Ids of originals are 32 hex digits, ids of copies as Notion gave them. */
export const journalTables = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, parent TEXT, source TEXT,
  template INTEGER NOT NULL DEFAULT 0, blocks_with_page INTEGER NOT NULL DEFAULT 0, linked INTEGER NOT NULL DEFAULT 0,
  locked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS object_seq ON object (seq);
CREATE INDEX IF NOT EXISTS object_parent ON object (parent, seq);
CREATE TABLE IF NOT EXISTS source (id TEXT PRIMARY KEY, owner TEXT NOT NULL, place INTEGER NOT NULL,
  deferred INTEGER NOT NULL, schema TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS source_owner ON source (owner, place);
CREATE TABLE IF NOT EXISTS item (page TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL,
  first INTEGER NOT NULL, past INTEGER NOT NULL, child TEXT, PRIMARY KEY (page, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skipped_relation (source TEXT NOT NULL, property TEXT NOT NULL, PRIMARY KEY (source, property))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS relation (row TEXT NOT NULL, property TEXT NOT NULL, place INTEGER NOT NULL, target TEXT NOT NULL,
  PRIMARY KEY (row, property, place)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS relation_target ON relation (property, target);
CREATE TABLE IF NOT EXISTS linked_view (database TEXT NOT NULL, place INTEGER NOT NULL, view TEXT NOT NULL,
  PRIMARY KEY (database, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS comment (id TEXT PRIMARY KEY, page TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS comment_link (block TEXT PRIMARY KEY, page TEXT NOT NULL, comment TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS comment_link_page ON comment_link (page);
CREATE TABLE IF NOT EXISTS wanted (block TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block_home (block TEXT PRIMARY KEY, page TEXT NOT NULL, first INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS step (
  id INTEGER PRIMARY KEY, stage INTEGER NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, part INTEGER NOT NULL,
  mutex TEXT NOT NULL, blocked_by INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'todo', rank INTEGER,
  in_cycle INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS step_name ON step (kind, object, part);
CREATE INDEX IF NOT EXISTS step_ready ON step (state, stage, blocked_by, rank);
CREATE TABLE IF NOT EXISTS dependency (step INTEGER NOT NULL, needs INTEGER NOT NULL, kind TEXT NOT NULL,
  PRIMARY KEY (step, needs, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dependency_needs ON dependency (needs);
CREATE TABLE IF NOT EXISTS write (key TEXT PRIMARY KEY, state TEXT NOT NULL, sent_at INTEGER NOT NULL, detail TEXT NOT NULL,
  kept TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS id (old TEXT PRIMARY KEY, new TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS id_new ON id (new);
CREATE TABLE IF NOT EXISTS created (id TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS root (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS children (parent TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (key TEXT PRIMARY KEY, id TEXT NOT NULL, created_at INTEGER NOT NULL,
  attached INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (id TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, outcome TEXT NOT NULL,
  path TEXT NOT NULL, PRIMARY KEY (id, kind, reason)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (path TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,
  key TEXT NOT NULL, PRIMARY KEY (path, what, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gap_key ON gap (key);
CREATE TABLE IF NOT EXISTS tally (kind TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failure (path TEXT NOT NULL, what TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (path, what)) WITHOUT ROWID;
`;

/** Tables that planning fills; emptied before it begins. */
export const planTables = [
  'object',
  'source',
  'item',
  'relation',
  'skipped_relation',
  'linked_view',
  'comment',
  'comment_link',
  'wanted',
  'block_home',
  'step',
  'dependency',
  'tally',
  'gap',
  'note',
  'failure',
] as const;
