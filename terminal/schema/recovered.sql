-- Payments that only the acquirer's books have, whose receipts were rebuilt. No money: nothing sums it.
CREATE TABLE IF NOT EXISTS recovered (
    batch           TEXT NOT NULL CHECK (length(batch) = 6 AND batch > '000000'),
    stan            TEXT NOT NULL CHECK (length(stan) = 6 AND stan > '000000'),
    kind            TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor BETWEEN 0 AND 999999999999),
    currency        TEXT NOT NULL,
    card            TEXT NOT NULL,
    code            TEXT NOT NULL,
    rrn             TEXT NOT NULL,
    authorisation   TEXT NOT NULL,
    settlement_date TEXT NOT NULL,
    original_batch  TEXT NOT NULL,
    original_stan   TEXT NOT NULL,
    answered_at     TEXT NOT NULL,
    source          TEXT NOT NULL,
    by              TEXT NOT NULL,
    recovered_at    TEXT NOT NULL,
    PRIMARY KEY (batch, stan)
);
CREATE TRIGGER IF NOT EXISTS recovered_is_never_updated BEFORE UPDATE ON recovered
BEGIN SELECT raise(ABORT, 'what was recovered is never updated'); END;
CREATE TRIGGER IF NOT EXISTS recovered_is_never_deleted BEFORE DELETE ON recovered
BEGIN SELECT raise(ABORT, 'what was recovered is never deleted'); END;
