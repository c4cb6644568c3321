-- How an answer came to be. These columns stand here and not in verdict: answers are shared, so a row grows by nothing.
ALTER TABLE answer ADD COLUMN stage TEXT NOT NULL DEFAULT 'main';  -- main or first
ALTER TABLE answer ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;   -- 1: the same text had this answer before
