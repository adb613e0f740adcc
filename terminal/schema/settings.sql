-- Every version of the settings, byte for byte; NULL where there was no file.
CREATE TABLE IF NOT EXISTS settings_version (
    version INTEGER PRIMARY KEY CHECK (version > 0),
    parent  INTEGER NOT NULL CHECK (parent >= 0 AND parent < version),
    text    TEXT,
    by      TEXT NOT NULL,
    cause   TEXT NOT NULL,
    at      TEXT NOT NULL
);
