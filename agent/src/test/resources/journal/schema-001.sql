-- A journal as the agent of schema 1 left it: five routine rows, of which 1, 2 and 4 were sent; the texts of the first
-- two erased; two escalations, one of them failed; a drop; a source that is in the middle of its file.
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


CREATE TABLE opened (id INTEGER PRIMARY KEY CHECK (id = 1), clean INTEGER NOT NULL) STRICT;
INSERT INTO opened (id, clean) VALUES (1, 0);
INSERT INTO meta (key, value) VALUES ('epoch', '0a1b2c3d4e5f');
INSERT INTO position (source, position) VALUES ('line1', 'p5');
INSERT INTO attempt (source, reading, count) VALUES ('line1', '1:90', 2);
INSERT INTO model (id, base, task, labels) VALUES (1, 'b1', 't1', '["ham","spam"]');

INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (1, 'line1', '1:0', 'fraud', 3, 1, 1, 1763700000001, 1763700000001000007, 0, 1, 'spam', 0.75, X'3E8000003F400000', 'ACCEPT', 1000, NULL);
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (2, 'line1', '1:10', 'fraud', 3, 2, 1, 1763700000002, 1763700000002000007, 0, 1, 'spam', 0.75, X'3E8000003F400000', 'ACCEPT', 2000, NULL);
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (3, 'line1', '1:20', 'fraud', 3, 3, 0, 1763700000003, 1763700000003000007, 0, 1, 'ham', 0.25, X'3E8000003F400000', 'ACCEPT', 3000, 'three');
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (4, 'line1', '1:30', 'fraud', 0, 1, 0, 1763700000004, 1763700000004000007, 0, 1, 'spam', 0.75, X'3E8000003F400000', 'ESCALATE', 4000, 'grüße 日本');
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (5, 'line1', '1:40', 'fraud', 3, 4, 1, 1763700000005, 1763700000005000007, 0, 1, 'spam', 0.75, X'3E8000003F400000', 'ACCEPT', 5000, 'five');
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (6, 'line1', '1:50', 'fraud', 0, 2, 0, 1763700000006, 1763700000006000007, 1, NULL, NULL, 0, X'', 'FAILED(crash)', 6000, 'six');
INSERT INTO verdict (id, source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label, confidence, probabilities, decision, latency, text)
  VALUES (7, 'line1', '1:70', 'fraud', 3, 5, 0, 1763700000007, 1763700000007000007, 0, 1, 'ham', 0.25, X'3E8000003F400000', 'ACCEPT', 7000, NULL);
INSERT INTO dropped (id, source, reading, task, reason, written_at) VALUES (1, 'line1', '1:60', 'fraud', 'empty', 1763700000006);
INSERT INTO counter (kind, name, value) VALUES ('seq', 'routine', 5), ('seq', 'escalation', 2), ('unsent', 'routine', 2),
  ('unsent', 'escalation', 2), ('acked', 'routine', 2), ('drop', 'empty', 1), ('erased', '', 2);
PRAGMA user_version = 1;
