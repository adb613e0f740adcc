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

-- One row: the terminal itself. `stan` is the last number used up, `batch` the open batch.
CREATE TABLE IF NOT EXISTS terminal (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    terminal_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    key_check   TEXT NOT NULL,
    signed_on   INTEGER NOT NULL DEFAULT 0 CHECK (signed_on IN (0, 1)),
    stan        TEXT NOT NULL DEFAULT '000000' CHECK (length(stan) = 6),
    batch       TEXT NOT NULL CHECK (length(batch) = 6 AND batch > '000000'),
    host_batch  TEXT NOT NULL DEFAULT ''
);

-- What the host wishes of the terminal, as long as it does: a digit of the reply's header.
CREATE TABLE IF NOT EXISTS host_wish (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    wish  TEXT NOT NULL,
    since TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS payment (
    batch           TEXT NOT NULL,
    stan            TEXT NOT NULL CHECK (length(stan) = 6 AND stan > '000000'),
    terminal_id     TEXT NOT NULL,
    merchant_id     TEXT NOT NULL,
    kind            TEXT NOT NULL,
    phase           TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor BETWEEN 0 AND 999999999999),
    currency        TEXT NOT NULL,
    card_sealed     BLOB NOT NULL,
    card_lookup     TEXT NOT NULL,
    card_masked     TEXT NOT NULL,
    entry_mode      TEXT NOT NULL,
    transmission    TEXT NOT NULL,
    time            TEXT NOT NULL,
    date            TEXT NOT NULL,
    operator        TEXT NOT NULL,
    prepared_at     TEXT NOT NULL,
    changed_at      TEXT NOT NULL,
    code            TEXT NOT NULL DEFAULT '',
    cause           TEXT NOT NULL DEFAULT '',
    rrn             TEXT NOT NULL DEFAULT '',
    authorisation   TEXT NOT NULL DEFAULT '',
    settlement_date TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch, stan),
    UNIQUE (terminal_id, batch, stan, kind)
);
CREATE INDEX IF NOT EXISTS payment_by_phase ON payment (batch, phase);
CREATE INDEX IF NOT EXISTS payment_unfinished ON payment (phase)
    WHERE phase IN ('prepared', 'sending');
CREATE INDEX IF NOT EXISTS payment_by_time ON payment (prepared_at);
CREATE INDEX IF NOT EXISTS payment_by_stan ON payment (stan);
CREATE INDEX IF NOT EXISTS payment_by_rrn ON payment (rrn) WHERE rrn <> '';
CREATE INDEX IF NOT EXISTS payment_by_card ON payment (card_lookup);
DROP TRIGGER IF EXISTS money_is_never_updated;
CREATE TRIGGER IF NOT EXISTS amount_shrinks_to_an_accepted_part BEFORE UPDATE OF amount_minor ON payment
WHEN old.phase <> 'sending' OR new.amount_minor NOT BETWEEN 1 AND old.amount_minor - 1
BEGIN SELECT raise(ABORT, 'an amount is never updated, but to a part before its approval'); END;
CREATE TRIGGER IF NOT EXISTS request_is_never_updated
BEFORE UPDATE OF batch, stan, terminal_id, merchant_id, kind, currency, card_sealed, card_lookup,
    card_masked, entry_mode, transmission, time, date ON payment
BEGIN SELECT raise(ABORT, 'what was asked of the host is never updated'); END;
CREATE TRIGGER IF NOT EXISTS approval_is_never_updated
BEFORE UPDATE OF code, rrn, authorisation, settlement_date ON payment WHEN old.phase = 'approved'
BEGIN SELECT raise(ABORT, 'an approval is never updated'); END;
CREATE TRIGGER IF NOT EXISTS payment_is_never_deleted BEFORE DELETE ON payment
BEGIN SELECT raise(ABORT, 'a payment is never deleted'); END;

-- What a void, refund, completion or adjustment speaks of. A payment is voided when an approved void
-- speaks of it: nothing of the original is ever changed, and undoing the void restores it.
CREATE TABLE IF NOT EXISTS follow_up (
    batch          TEXT NOT NULL,
    stan           TEXT NOT NULL,
    original_batch TEXT NOT NULL,
    original_stan  TEXT NOT NULL,
    PRIMARY KEY (batch, stan),
    FOREIGN KEY (batch, stan) REFERENCES payment (batch, stan)
);
CREATE INDEX IF NOT EXISTS follow_up_by_original ON follow_up (original_batch, original_stan);

-- What must be undone should no answer come. The row goes with the answer.
CREATE TABLE IF NOT EXISTS reversal (
    batch  TEXT NOT NULL,
    stan   TEXT NOT NULL,
    phase  TEXT NOT NULL CHECK (phase IN ('armed', 'pending', 'in_flight', 'manual')),
    reason TEXT NOT NULL,
    tries  INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    sends  INTEGER NOT NULL DEFAULT 0 CHECK (sends >= 0),
    armed_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (batch, stan),
    FOREIGN KEY (batch, stan) REFERENCES payment (batch, stan)
);

-- What the host is still to be told, in order. The row goes with the answer.
CREATE TABLE IF NOT EXISTS advice (
    number     INTEGER PRIMARY KEY,
    batch      TEXT NOT NULL,
    stan       TEXT NOT NULL,
    sends      INTEGER NOT NULL DEFAULT 0 CHECK (sends >= 0),
    cause      TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL,
    UNIQUE (batch, stan),
    FOREIGN KEY (batch, stan) REFERENCES payment (batch, stan)
);

CREATE TABLE IF NOT EXISTS batch (
    batch     TEXT PRIMARY KEY CHECK (length(batch) = 6 AND batch > '000000'),
    phase     TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT ''
);

-- The settlement of a batch: what was frozen, and what the host said.
CREATE TABLE IF NOT EXISTS settlement (
    batch                TEXT PRIMARY KEY REFERENCES batch (batch),
    phase                TEXT NOT NULL,
    stan                 TEXT NOT NULL,
    transmission         TEXT NOT NULL,
    time                 TEXT NOT NULL,
    date                 TEXT NOT NULL,
    settlement_date      TEXT NOT NULL,
    currency             TEXT NOT NULL,
    totals               TEXT NOT NULL,
    items_hash           TEXT NOT NULL,
    prepared_at          TEXT NOT NULL,
    changed_at           TEXT NOT NULL,
    sends                INTEGER NOT NULL DEFAULT 0,
    code                 TEXT NOT NULL DEFAULT '',
    result               TEXT NOT NULL DEFAULT '',
    host_totals          TEXT NOT NULL DEFAULT '',
    host_settlement_date TEXT NOT NULL DEFAULT '',
    problem              TEXT NOT NULL DEFAULT ''
);
CREATE TRIGGER IF NOT EXISTS frozen_is_never_updated
BEFORE UPDATE OF stan, transmission, time, date, settlement_date, currency, totals, items_hash
ON settlement
BEGIN SELECT raise(ABORT, 'what a settlement froze is never updated'); END;

-- What of a settlement is of foreign cards, where there are any: frozen, and as the host answered.
CREATE TABLE IF NOT EXISTS settlement_foreign (
    batch       TEXT PRIMARY KEY REFERENCES settlement (batch),
    totals      TEXT NOT NULL,
    host_totals TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS upload (
    batch        TEXT PRIMARY KEY REFERENCES settlement (batch),
    transmission TEXT NOT NULL,
    time         TEXT NOT NULL,
    date         TEXT NOT NULL,
    end_stan     TEXT NOT NULL
);
-- What a chip said of a payment, scrubbed: no card number, no track, no name.
CREATE TABLE IF NOT EXISTS chip (
    batch   TEXT NOT NULL,
    stan    TEXT NOT NULL,
    data    BLOB NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (batch, stan),
    FOREIGN KEY (batch, stan) REFERENCES payment (batch, stan)
);
-- Items of the upload that are about a chip's data, not about the payment itself.
CREATE TABLE IF NOT EXISTS upload_chip (
    batch   TEXT NOT NULL REFERENCES upload (batch),
    number  INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (batch, number)
);
CREATE TABLE IF NOT EXISTS upload_item (
    batch         TEXT NOT NULL REFERENCES upload (batch),
    number        INTEGER NOT NULL CHECK (number > 0),
    stan          TEXT NOT NULL,
    original_stan TEXT NOT NULL,
    taken         INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1)),
    code          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch, number)
);
