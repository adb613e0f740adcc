-- The journal: what happened, in order, for ever. All other tables are drawn from it.
CREATE TABLE IF NOT EXISTS entry (
    sequence INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    fact     TEXT NOT NULL,
    body     TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entry_is_never_updated BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'an entry is never updated'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'an entry is never deleted'); END;
