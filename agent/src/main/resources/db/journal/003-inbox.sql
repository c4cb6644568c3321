-- Readings that were pushed; their reasons stand in the comment of dev.picket.agent.journal.Inbox.

CREATE TABLE inbox (
  id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: it may be the reading's identity
  source  TEXT NOT NULL,
  message TEXT,
  at      INTEGER NOT NULL, -- milliseconds
  text    TEXT NOT NULL,
  cut     INTEGER NOT NULL
) STRICT;

CREATE INDEX inbox_order ON inbox (source, id);

CREATE TABLE seen (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  source  TEXT NOT NULL,
  message TEXT NOT NULL,
  stamp   INTEGER NOT NULL, -- the journal's age when it was taken, in milliseconds
  UNIQUE (source, message)
) STRICT;

CREATE INDEX seen_order ON seen (source, id);
