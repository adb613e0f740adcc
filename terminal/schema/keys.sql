-- One row: the working keys of the last sign-on, wrapped under the master key as they came.
CREATE TABLE IF NOT EXISTS working_key (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    wrapped  BLOB NOT NULL,
    taken_at TEXT NOT NULL
);

-- How far each DUKPT device has counted; a key with a counter up to this one is used up.
CREATE TABLE IF NOT EXISTS pin_counter (
    device  TEXT PRIMARY KEY,
    counter INTEGER NOT NULL CHECK (counter > 0)
);
