-- seq: in the order in which they were first taken, whatever the clock said; revision and token: the highest that was taken; begun: 1 once it was handed to the update flow; state: how it ended here,
-- null while it has not. A higher revision opens again what ended without having begun
CREATE TABLE rollout (
  id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  token BLOB NOT NULL,
  seq INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1)),
  state TEXT,
  reason TEXT NOT NULL DEFAULT '',
  sentence TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
