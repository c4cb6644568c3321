CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- step: 0 received, 1 started, 2 done; status and reply are there when it is done
CREATE TABLE command (
  response_topic TEXT NOT NULL,
  correlation BLOB NOT NULL,
  verb TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step IN (0, 1, 2)),
  expires_at INTEGER NOT NULL,
  status INTEGER,
  reply BLOB,
  PRIMARY KEY (response_topic, correlation),
  CHECK ((step = 2) = (status IS NOT NULL AND reply IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX command_by_expiry ON command (expires_at);
