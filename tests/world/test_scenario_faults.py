"""What the terminal does about every fault of a host, in both dialects; the books decide.

Where the host itself lies or loses, the auditor must say so: then both sides cannot agree, and the
terminal is right when it neither closes nor sells anything more, or when the difference is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from acquirer_sim.faults import load_faults
from tests.world.scenario_faults import live

BOTH: Final = ("iso87", "cup")
CUP: Final = ("cup",)
SOLD: Final = "approved 00"
UNDONE: Final = "reversed L21"
OWED: Final = "reversal_required L21"
CLOSED: Final = "closed_balanced L19"
UPLOADED: Final = "closed_unbalanced 95"
DISPUTED: Final = "disputed L03"
STUCK: Final = frozenset({"liveness", "S6", "I2", "I11"})
"""One side has closed the batch and the other cannot: a person is needed."""

ANSWERED_TWICE: Final = frozenset({"H2"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault plan, what the cashier sees of a sale and of a settlement, and what is wrong then."""

    code: str
    plan: str
    sale: str = SOLD
    settled: str = CLOSED
    wrong: frozenset[str] = frozenset()
    dialects: tuple[str, ...] = BOTH
    said: str = ""
    """The requests, in order, where it matters."""


def sale(code: str, plan: str, outcome: str, **more: object) -> Row:
    return Row(code=code, plan=f'request="payment"\n{plan}', sale=outcome, **more)  # type: ignore[arg-type] # members of Row


def close(code: str, plan: str, outcome: str, **more: object) -> Row:
    return Row(code=code, plan=f'request="settlement"\n{plan}', settled=outcome, **more)  # type: ignore[arg-type] # members of Row


LOST: Final = 'kind="drop_reply"\n[[fault]]\nrequest="reversal"\n'
UPLOADS: Final = 'kind="out_of_balance"\n[[fault]]\n'

ROWS: Final = (
    sale("N1", 'kind="refuse_connect"', UNDONE),
    sale("N2", 'kind="hang_connect"\nplace="after"', UNDONE),
    sale("N3", 'kind="drop_request"', UNDONE, said="0200 0400 0500"),
    sale("N4", 'kind="drop_reply"', UNDONE, said="0200 0400 0500"),
    close("N4", 'kind="drop_reply"', CLOSED, said="0200 0500 0501"),
    sale("N5", 'kind="reset_request"', UNDONE),
    sale("N6", 'kind="reset_reply"', UNDONE),
    close("N6", 'kind="reset_reply"', CLOSED, said="0200 0500 0501"),
    sale("N7", 'kind="delay_reply"\ndelay_s=40', UNDONE, said="0200 0400 0500"),
    sale("N8", 'kind="stray_reply"', SOLD, said="0200 0500"),
    close("N8", 'kind="stray_reply"', CLOSED, said="0200 0500"),
    sale("N9", 'kind="duplicate_reply"', SOLD, said="0200 0500"),
    sale("N10", 'kind="split_reply"', SOLD, said="0200 0500"),
    sale("N10", 'kind="hold_reply"', UNDONE, said="0200 0400 0500"),
    sale("N11", 'kind="wrong_length"\nlength="zero"', UNDONE),
    sale("N11", 'kind="wrong_length"\nlength="huge"', UNDONE),
    sale("N11", 'kind="wrong_length"\nlength="short"', UNDONE),
    sale("N12", 'kind="garbage_reply"', UNDONE),
    close("N12", 'kind="garbage_reply"', CLOSED, said="0200 0500 0501"),
    sale("N13", 'kind="bad_mac"', "reversed L24", dialects=CUP),
    sale("N14", 'kind="wrong_header"', SOLD),
    sale("N14", 'kind="processing_request"\nwants="3"', SOLD, dialects=CUP, said="0200 0800 0500"),
    sale("N15", 'kind="slow_reply"\ndelay_s=2', SOLD),
    sale("N15", 'kind="slow_reply"\ndelay_s=90', UNDONE),
    sale("N16", 'kind="half_open"', UNDONE),
    sale("N16", 'kind="half_open"\nplace="after"', UNDONE),
    close("N16", 'kind="half_open"', CLOSED, said="0200 0500 0501"),
    sale("N17", 'kind="tls_failure"', UNDONE),
    sale("N18", 'kind="repeat_request"', SOLD, said="0200 0500"),
    close("N18", 'kind="repeat_request"', CLOSED, said="0200 0500"),
    sale("N19", 'kind="hold_request"\ndelay_s=40', UNDONE, said="0200 0400 0500"),
    *(
        sale("H1", f'kind="decline"\ncode="{code}"', f"declined {code}")
        for code in ("03", "05", "14", "41", "51", "54", "55", "61", "75", "91", "96")
    ),
    sale(
        "H1",
        'kind="decline"\nplace="after"',
        "declined 05",
        settled=UPLOADED,
        wrong=frozenset({"I3", "I5"}),
    ),
    sale("H2", 'kind="approve_part"', "reversed 10"),
    sale("H2", 'kind="approve_part"\nplace="after"', "reversed 10"),
    sale("H3", 'kind="omit_field"\nfield=39', "reversed L23"),
    sale("H3", 'kind="omit_field"\nfield=37', SOLD),
    close("H3", 'kind="omit_field"\nfield=48', CLOSED, dialects=CUP, wrong=ANSWERED_TWICE),
    sale("H4", 'kind="alter_field"\nfield=4', "reversed L23"),
    sale("H4", 'kind="alter_field"\nfield=3', "reversed L23"),
    sale("H4", 'kind="alter_field"\nfield=41', UNDONE),
    sale("H5", 'kind="duplicate"', "declined 94"),
    sale("H6", 'kind="cutover"', "declined 90"),
    sale("H7", 'kind="batch_mismatch"', "declined 77"),
    close("H8", 'kind="out_of_balance"', UPLOADED),
    close("H8", 'kind="out_of_balance"\nside="foreign"', UPLOADED, dialects=CUP),
    close("H8", 'kind="out_of_balance"\nside="both"', UPLOADED, dialects=CUP),
    close("H8", 'kind="out_of_balance"\nplace="after"', "upload_waiting L04", wrong=STUCK),
    close("H9", 'kind="settlement_error"', CLOSED, wrong=ANSWERED_TWICE, said="0200 0500 0501"),
    close("H9", 'kind="settlement_error"\nplace="after"', CLOSED, wrong=ANSWERED_TWICE),
    close("H10", 'kind="bad_totals"\nshape="short"', CLOSED, dialects=CUP, wrong=ANSWERED_TWICE),
    close("H10", 'kind="bad_totals"\nshape="long"', CLOSED, dialects=CUP, wrong=ANSWERED_TWICE),
    close(
        "H10", 'kind="bad_totals"\nshape="non_digit"', CLOSED, dialects=CUP, wrong=ANSWERED_TWICE
    ),
    *(
        close("H11", f'kind="totals_off"\ntotals="{how}"', UPLOADED, wrong=frozenset({"I5"}))
        for how in ("lost", "extra", "amount")
    ),
    close("H11", 'kind="totals_off"\nplace="after"', CLOSED, wrong=ANSWERED_TWICE),
    close("H12", UPLOADS + 'kind="decline"\ncode="12"\nrequest="upload_item"', UPLOADED),
    close("H12", UPLOADS + 'kind="drop_reply"\nrequest="upload_item"', UPLOADED),
    close(
        "H12", UPLOADS + 'kind="decline"\ncode="94"\nrequest="upload_end"\nplace="after"', UPLOADED
    ),
    close("H12", UPLOADS + 'kind="drop_reply"\nrequest="upload_end"', UPLOADED),
    sale("H13", 'kind="restart"', OWED, said="0200 0400 0500"),
    close("H13", 'kind="restart"', CLOSED, said="0200 0500 0501"),
    close("H13", 'kind="restart"\nplace="before"', CLOSED, said="0200 0500 0501"),
    sale("H14", 'kind="lose_commit"', SOLD, settled=UPLOADED, wrong=frozenset({"I3", "I5"})),
    close("H15", 'kind="close_batch"', DISPUTED, wrong=STUCK),
    sale("H16", 'kind="change_keys"', "reversed L24", dialects=CUP),
    sale(
        "H16",
        'kind="processing_request"\n[[fault]]\nkind="wrong_key_check"\nrequest="sign_on"',
        SOLD,
        dialects=CUP,
        said="0200 0800 0800 0500",
    ),
    sale(
        "H17",
        'kind="processing_request"\n[[fault]]\nkind="other_batch"\nrequest="sign_on"',
        SOLD,
        dialects=CUP,
    ),
    *(
        sale("H18", f'{LOST}kind="decline"\ncode="{code}"\nplace="after"', UNDONE)
        for code in ("25", "12")
    ),
    sale("H18", f'{LOST}kind="decline"\ncode="96"', OWED, said="0200 0400 0401 0500"),
    sale("H18", f'{LOST}kind="drop_reply"', OWED, said="0200 0400 0401 0500"),
    sale("H19", 'kind="clock_skew"\nskew_s=-90000', SOLD),
    close(
        "H20",
        'kind="drop_reply"\n[[fault]]\nkind="forget_replies"\nrequest="settlement"\ntimes=100',
        DISPUTED,
        wrong=STUCK,
    ),
)


def name_of(row: object) -> str:
    return f"{row.code} {row.plan}".replace("\n", " ") if isinstance(row, Row) else str(row)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_terminal_does_the_right_thing(row: Row) -> None:
    """From a file; what the cashier sees, what was asked, and the auditor's opinion."""
    for dialect in row.dialects:
        plan = f"[[fault]]\n{row.plan}"
        outcomes, run = live(plan, dialect)

        said = " ".join(one.mti for one in run.world.heard() if one.upstream)
        assert [row.sale, row.settled] == outcomes, f"{dialect}: {said}"
        assert row.wrong == {problem.partition(":")[0] for problem in run.problems}, str(run)
        assert row.said in ("", said)
        kinds = {fault.kind.value for fault in load_faults(plan, "faults.toml").fault}
        assert kinds == {event.kind for event in run.world.host.struck}


def test_every_fault_of_the_catalogue_is_met() -> None:
    codes = {row.code for row in ROWS}

    assert {f"N{n}" for n in range(1, 20)} | {f"H{n}" for n in range(1, 21)} == codes
