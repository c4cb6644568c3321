-- told: 1 once the broker has acknowledged the reply. Of replies from before this schema nobody knows; who waits for
-- one sends its command again. job: the id of the job that ends it
ALTER TABLE command ADD COLUMN told INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1));
ALTER TABLE command ADD COLUMN job TEXT;

CREATE INDEX command_owed ON command (expires_at) WHERE told = 0;

-- step: 0 queued, 1 started, 2 done; payload: the command's, until it is done; status and reply: of the second reply
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  response_topic TEXT NOT NULL,
  correlation BLOB NOT NULL,
  verb TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step IN (0, 1, 2)),
  progress TEXT NOT NULL,
  payload BLOB,
  expires_at INTEGER NOT NULL,
  status INTEGER,
  reply BLOB,
  told INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1)),
  CHECK ((step = 2) = (status IS NOT NULL AND reply IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX job_owed ON job (expires_at) WHERE told = 0;

-- the tokens that were taken, so that each is taken once; forgotten when they have expired
CREATE TABLE token (
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  response_topic TEXT NOT NULL,
  correlation BLOB NOT NULL,
  PRIMARY KEY (key_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_expiry ON token (expires_at);

-- what people say a verdict should have been
CREATE TABLE feedback (
  verdict TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- source '': all of them
CREATE TABLE paused (
  source TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
