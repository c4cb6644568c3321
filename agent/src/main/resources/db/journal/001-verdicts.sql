-- The journal's first schema. Its reasons stand in the comment of dev.picket.agent.journal.Journal.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE position (
  source   TEXT PRIMARY KEY,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  source  TEXT PRIMARY KEY,
  reading TEXT NOT NULL,
  count   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a row shares with thousands of others: the digests and labels that it was judged with.
CREATE TABLE model (
  id     INTEGER PRIMARY KEY,
  base   TEXT NOT NULL,
  task   TEXT NOT NULL,
  labels TEXT NOT NULL,
  UNIQUE (base, task, labels)
) STRICT;

CREATE TABLE verdict (
  id            INTEGER PRIMARY KEY,
  source        TEXT NOT NULL,
  reading       TEXT NOT NULL,
  task          TEXT NOT NULL,
  priority      INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  sent          INTEGER NOT NULL DEFAULT 0,
  written_at    INTEGER NOT NULL, -- milliseconds
  read_at       INTEGER NOT NULL, -- nanoseconds
  cut           INTEGER NOT NULL,
  model         INTEGER REFERENCES model (id),
  label         TEXT,
  confidence    REAL NOT NULL,
  probabilities BLOB NOT NULL,    -- float32, big-endian, in the order of the model's labels
  decision      TEXT NOT NULL,    -- ACCEPT, ESCALATE or FAILED(reason)
  latency       INTEGER NOT NULL, -- nanoseconds
  text          TEXT,             -- last, so that long ones do not delay the reading of the rest
  UNIQUE (source, reading, task)
) STRICT;

CREATE INDEX verdict_unsent ON verdict (priority, seq) WHERE sent = 0;

-- Readings that got no verdict by a rule: kept so that one that is read again is not counted again.
CREATE TABLE dropped (
  id         INTEGER PRIMARY KEY,
  source     TEXT NOT NULL,
  reading    TEXT NOT NULL,
  task       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  written_at INTEGER NOT NULL,
  UNIQUE (source, reading, task)
) STRICT;

-- kind 'seq': the last one given, by priority; 'unsent': rows, by priority; 'acked': through which seq, by priority;
-- 'drop': readings, by reason; 'erased': through which verdict.id the texts are gone.
CREATE TABLE counter (
  kind  TEXT NOT NULL,
  name  TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
