-- Rows in send order, sent as a mark. The reasons stand in docs/adr/0008 and in dev.picket.agent.journal.Journal.

-- What a row shares with thousands of others: where it came from and by what it was judged. model 0: by none.
CREATE TABLE origin (
  id     INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  task   TEXT NOT NULL,
  model  INTEGER NOT NULL,
  UNIQUE (source, task, model)
) STRICT;

INSERT INTO origin (source, task, model) SELECT DISTINCT source, task, ifnull(model, 0) FROM verdict;

-- What was decided: ACCEPT, ESCALATE or FAILED(reason), and the label, NULL for a failed one.
CREATE TABLE answer (
  id       INTEGER PRIMARY KEY,
  label    TEXT,
  decision TEXT NOT NULL,
  cut      INTEGER NOT NULL
) STRICT;

INSERT INTO answer (label, decision, cut) SELECT DISTINCT label, decision, cut FROM verdict;

ALTER TABLE verdict RENAME TO verdict_001;
DROP INDEX verdict_unsent;

CREATE TABLE verdict (
  id            INTEGER PRIMARY KEY, -- rank << 56 | seq, so that rows lie in the order in which they are sent
  bytes         INTEGER NOT NULL,    -- what it counts for in the quota; first, since counting reads only this
  stamp         INTEGER NOT NULL,    -- the journal's age when it was written, in milliseconds
  origin        INTEGER NOT NULL,
  answer        INTEGER NOT NULL,
  reading       TEXT NOT NULL,
  written_at    INTEGER NOT NULL,    -- milliseconds
  read_at       INTEGER NOT NULL,    -- nanoseconds
  latency       INTEGER NOT NULL,    -- nanoseconds
  confidence    REAL NOT NULL,
  probabilities BLOB NOT NULL,       -- float32, big-endian, in the order of the model's labels
  text          TEXT                 -- last, so that long ones do not delay the reading of the rest
) STRICT;

INSERT INTO verdict
  SELECT v.priority << 56 | v.seq,
      64 + octet_length(v.reading) + octet_length(v.probabilities) + ifnull(octet_length(v.text), 0),
      0, o.id, a.id, v.reading, v.written_at, v.read_at, v.latency, v.confidence, v.probabilities, v.text
    FROM verdict_001 v
      JOIN origin o ON o.source = v.source AND o.task = v.task AND o.model = ifnull(v.model, 0)
      JOIN answer a ON a.label IS v.label AND a.decision = v.decision AND a.cut = v.cut
    ORDER BY 1;

-- One line of rows for each priority.
CREATE TABLE line (
  rank    INTEGER PRIMARY KEY,
  last    INTEGER NOT NULL, -- the last seq given
  acked   INTEGER NOT NULL, -- through which seq nothing is owed: acknowledged, or dropped
  unsent  INTEGER NOT NULL, -- rows behind it
  bytes   INTEGER NOT NULL, -- theirs
  erased  INTEGER NOT NULL, -- through which seq the texts are gone
  stamp   INTEGER NOT NULL, -- of the last row
  thinned INTEGER NOT NULL DEFAULT 0, -- through which seq unsent rows are thinned,
  keeping INTEGER NOT NULL DEFAULT 2 -- to those whose seqs this divides
) STRICT;

-- A row that was sent before one that was not is unsent again: the mark has no holes, and the id is the same.
INSERT INTO line (rank, last, acked, unsent, bytes, erased, stamp, thinned, keeping)
  SELECT r.rank, max(coalesce((SELECT value FROM counter WHERE kind = 'seq' AND name = r.name), 0),
             coalesce((SELECT max(seq) FROM verdict_001 WHERE priority = r.rank), 0)),
      0, 0, 0,
      coalesce((SELECT max(seq) FROM verdict_001 WHERE priority = r.rank AND id <=
          (SELECT value FROM counter WHERE kind = 'erased')), 0), 0, 0, 2
    FROM (SELECT 0 AS rank, 'escalation' AS name UNION ALL SELECT 1, 'alarm' UNION ALL SELECT 2, 'notice'
        UNION ALL SELECT 3, 'routine') r;
UPDATE line SET acked = coalesce((SELECT min(seq) - 1 FROM verdict_001 WHERE priority = rank AND sent = 0), last);
UPDATE line SET (unsent, bytes) = (SELECT count(*), coalesce(sum(v.bytes), 0) FROM verdict v
    WHERE v.id > (rank << 56 | acked) AND v.id <= (rank << 56 | last));

-- Outcomes that were committed above their source's position: read again after a crash, they change nothing.
CREATE TABLE ahead (
  source  TEXT NOT NULL,
  reading TEXT NOT NULL,
  task    TEXT NOT NULL,
  old     INTEGER NOT NULL, -- 1: taken over from schema 1, and perhaps below the position
  PRIMARY KEY (source, reading, task)
) STRICT, WITHOUT ROWID;

-- Schema 1 did not note which lie above. At most 256 readings of a source did, and as many more came between them.
INSERT INTO ahead (source, reading, task, old)
  SELECT source, reading, task, 1 FROM (
      SELECT source, reading, task, row_number() OVER (PARTITION BY source, task ORDER BY id DESC) AS n
        FROM verdict_001)
    WHERE n <= 512
  UNION
  SELECT source, reading, task, 1 FROM (
      SELECT source, reading, task, row_number() OVER (PARTITION BY source, task ORDER BY id DESC) AS n
        FROM dropped)
    WHERE n <= 512;

-- Unsent rows that were dropped, until the fleet has been told. keeping k: of those only the seqs not divisible by k.
CREATE TABLE gap (
  id      INTEGER PRIMARY KEY,
  epoch   TEXT,              -- NULL: this file's; else that of the damaged file before it
  rank    INTEGER NOT NULL,
  first   INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  reason  TEXT NOT NULL,
  keeping INTEGER
) STRICT;

DROP TABLE verdict_001;
DROP TABLE dropped;
DELETE FROM counter WHERE kind <> 'drop';

-- How old the journal is, by this machine's uptime, and when its clock was last known to be right.
CREATE TABLE age (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  boot      TEXT NOT NULL,
  uptime    INTEGER NOT NULL, -- milliseconds, as the three below
  age       INTEGER NOT NULL,
  sync_wall INTEGER,          -- what the clock said at that time
  sync_age  INTEGER NOT NULL,
  sync_end  INTEGER           -- the age at which that boot ended; NULL in that boot
) STRICT;

-- Time between boots, by which rows up to a stamp are older than their stamps say.
CREATE TABLE leap (
  stamp  INTEGER PRIMARY KEY,
  millis INTEGER NOT NULL
) STRICT;
