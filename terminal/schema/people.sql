-- One row: whether every command wants an operator.
CREATE TABLE IF NOT EXISTS people (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    switched_on INTEGER NOT NULL CHECK (switched_on IN (0, 1)),
    since       TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS operator (
    number      TEXT PRIMARY KEY CHECK (length(number) = 2),
    sealed      TEXT NOT NULL,
    must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    tries       INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    added_at    TEXT NOT NULL
);

-- Who did what, or was refused it; each line holds the hash of the one before.
CREATE TABLE IF NOT EXISTS audit (
    number   INTEGER PRIMARY KEY CHECK (number > 0),
    at       TEXT NOT NULL,
    operator TEXT NOT NULL,
    second   TEXT NOT NULL,
    act      TEXT NOT NULL,
    subject  TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest   TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_is_never_updated BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is never updated'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is never deleted'); END;
