-- One row: the working keys of the last sign-on, wrapped under the master key as they came.
CREATE TABLE IF NOT EXISTS working_key (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    wrapped  BLOB NOT NULL,
    taken_at TEXT NOT NULL
);
