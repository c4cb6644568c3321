CREATE TABLE thing (name TEXT NOT NULL) STRICT; CREATE INDEX thing_name ON thing (name);
