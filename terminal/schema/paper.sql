-- Paper: snapshots, the copies owed of them, and the attempts to print those copies.
CREATE TABLE IF NOT EXISTS snapshot (
    number        INTEGER PRIMARY KEY,
    document_id   TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    batch         TEXT NOT NULL,
    stan          TEXT,
    printed_time  TEXT NOT NULL,
    amount_minor  INTEGER,
    last4         TEXT,
    rrn           TEXT,
    authorisation TEXT,
    payment       TEXT,
    tag           TEXT,
    card_lookup   TEXT,
    result        TEXT,
    taken_at      TEXT NOT NULL,
    body          TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    previous      TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS snapshot_by_stan ON snapshot (stan, number) WHERE stan IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_kind ON snapshot (kind, number);
CREATE INDEX IF NOT EXISTS snapshot_by_batch ON snapshot (batch, kind, number);
CREATE INDEX IF NOT EXISTS snapshot_by_time ON snapshot (kind, printed_time, number);
CREATE INDEX IF NOT EXISTS snapshot_by_rrn ON snapshot (rrn, number) WHERE rrn IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_authorisation ON snapshot (authorisation, number)
    WHERE authorisation IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_amount ON snapshot (amount_minor, number)
    WHERE amount_minor IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_last4 ON snapshot (last4, number) WHERE last4 IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_card ON snapshot (card_lookup, number)
    WHERE card_lookup IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_payment ON snapshot (payment, number)
    WHERE payment IS NOT NULL;
CREATE INDEX IF NOT EXISTS snapshot_by_merchant_no
    ON snapshot (json_extract(body, '$.shop.merchant_id'), number);
CREATE INDEX IF NOT EXISTS snapshot_by_merchant_name
    ON snapshot (json_extract(body, '$.shop.merchant_name'), number);
CREATE INDEX IF NOT EXISTS snapshot_by_tag ON snapshot (tag, number) WHERE tag IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS snapshot_is_never_updated BEFORE UPDATE ON snapshot
BEGIN SELECT raise(ABORT, 'a snapshot is never updated'); END;

CREATE TABLE IF NOT EXISTS copy (
    copy_id     TEXT PRIMARY KEY,
    document_id TEXT NOT NULL,
    kind        TEXT NOT NULL,
    issued      TEXT NOT NULL DEFAULT 'no' CHECK (issued IN ('no', 'maybe', 'yes')),
    owed        INTEGER NOT NULL DEFAULT 1 CHECK (owed IN (0, 1)),
    queued_at   TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS copy_by_document ON copy (document_id);
CREATE INDEX IF NOT EXISTS copy_owed ON copy (owed) WHERE owed = 1;

CREATE TABLE IF NOT EXISTS print_job (
    job_id       TEXT PRIMARY KEY,
    number       INTEGER NOT NULL UNIQUE,
    copy_id      TEXT NOT NULL,
    duplicate    INTEGER NOT NULL DEFAULT 0 CHECK (duplicate >= 0),
    reprinted_at TEXT NOT NULL DEFAULT '',
    asked_by     TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL,
    cause        TEXT NOT NULL DEFAULT '',
    serial       INTEGER NOT NULL DEFAULT 0,
    queued_at    TEXT NOT NULL,
    changed_at   TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS print_job_by_copy ON print_job (copy_id);
CREATE INDEX IF NOT EXISTS print_job_by_serial ON print_job (serial) WHERE serial > 0;
CREATE INDEX IF NOT EXISTS print_job_by_state ON print_job (state, number);

-- Who asked for which paper again, and what the answer was: written, never changed.
CREATE TABLE IF NOT EXISTS paper_order (
    number  INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    count   INTEGER NOT NULL CHECK (count >= 0),
    by      TEXT NOT NULL,
    role    TEXT NOT NULL,
    at      TEXT NOT NULL,
    refused TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS paper_order_by_name ON paper_order (name, number);
CREATE TRIGGER IF NOT EXISTS paper_order_is_never_updated BEFORE UPDATE ON paper_order
BEGIN SELECT raise(ABORT, 'an order of paper is never updated'); END;
CREATE TRIGGER IF NOT EXISTS paper_order_is_never_deleted BEFORE DELETE ON paper_order
BEGIN SELECT raise(ABORT, 'an order of paper is never deleted'); END;
