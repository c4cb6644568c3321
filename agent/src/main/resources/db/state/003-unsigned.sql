-- signed: 0 for a command that anybody may send; these have a share of the room only. Those of before this schema are
-- told by their verbs
ALTER TABLE command ADD COLUMN signed INTEGER NOT NULL DEFAULT 1 CHECK (signed IN (0, 1));
UPDATE command SET signed = 0 WHERE verb IN ('ping', 'status', 'report');

CREATE INDEX command_unsigned ON command (signed) WHERE signed = 0;
