"""The fault catalogue as rows of a test: a file, what is asked, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from protocol.message import Message
from protocol.operations import Request
from tests.acquirer_sim.asking import end, item, purchase, reversal, settlement, sign_on

SALE: Final = purchase(1)
UNDO: Final = reversal(1)
CLOSE: Final = settlement(1, 1234)
AGAIN: Final = settlement(1, 1234, repeat=True)
OFF: Final = settlement(2, 9999)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A plan, what is asked (a tuple goes in one piece), and what comes of it, word for word."""

    code: str
    plan: str
    ask: tuple[Request | tuple[Request, ...], ...] = (SALE, UNDO)
    comes: str
    last: Callable[[Message], bool] = lambda message: True
    """What must hold of the last reply that came."""
    quiet: bool = False
    """True when silence is expected, and waited for."""
    waits: bool = False
    """True when there is nothing here that the fault could strike."""


def fields(**wanted: str) -> Callable[[Message], bool]:
    """Check fields of a reply, F4 by `f4`; "" is one that is not there."""
    return lambda message: all(message.get(int(k[1:])) == v for k, v in wanted.items())


ROWS: Final = (
    Row(code="N1", plan='kind="refuse_connect"', comes="end, refused"),
    Row(code="N1", plan='kind="refuse_connect"\nnth=0', comes="refused, refused"),
    Row(code="N1", plan='kind="refuse_connect"\ndelay_s=0', comes="end, 0410 25"),
    Row(
        code="N1",
        plan='kind="refuse_connect"\nplace="after"\ndelay_s=0',
        comes="end, 0410 00",
    ),
    Row(code="N2", plan='kind="hang_connect"', comes="end, connect hangs"),
    Row(code="N3", plan='kind="drop_request"', comes="end, 0410 25"),
    Row(code="N4", plan='kind="drop_reply"', comes="0410 00"),
    Row(code="N4", plan='kind="drop_reply"\nhang_up=true', comes="end, 0410 00"),
    Row(code="N5", plan='kind="reset_request"', comes="reset, 0410 25"),
    Row(code="N6", plan='kind="reset_reply"', comes="reset, 0410 00"),
    Row(
        code="N7",
        plan='kind="delay_reply"\ndelay_s=0.02\nrequest="payment"',
        ask=((SALE, sign_on()), ()),
        comes="0810 00, 0210 00",
    ),
    Row(code="N8", plan='kind="stray_reply"', comes="0210 00, 0810 00, 0210 00, 0410 00"),
    Row(code="N9", plan='kind="duplicate_reply"', comes="0210 00, 0210 00, 0410 00"),
    Row(code="N10", plan='kind="split_reply"', comes="0210 00, 0410 00"),
    Row(
        code="N10",
        plan='kind="hold_reply"\nrequest="payment"',
        ask=((SALE, UNDO),),
        comes="0210 00, 0410 00",
    ),
    Row(code="N11", plan='kind="wrong_length"\nlength="zero"', comes="bad frame, 0410 00"),
    Row(code="N11", plan='kind="wrong_length"\nlength="huge"', comes="bad frame, 0410 00"),
    Row(
        code="N11", plan='kind="wrong_length"\nlength="short"', comes="garbage, bad frame, 0410 00"
    ),
    Row(code="N12", plan='kind="garbage_reply"', comes="garbage, 0410 00"),
    # Nothing is signed here, so it waits; tests/world has it strike in cup.
    Row(code="N13", plan='kind="bad_mac"', comes="0210 00, 0410 00", waits=True),
    Row(code="N14", plan='kind="wrong_header"', comes="0210 00, 0410 00"),
    Row(code="N14", plan='kind="processing_request"\nwants="3"', comes="0210 00, 0410 00"),
    Row(code="N15", plan='kind="slow_reply"\ndelay_s=0.05', comes="0210 00, 0410 00"),
    Row(code="N15", plan='kind="slow_reply"\ndelay_s=90', comes="hangs, hangs", quiet=True),
    Row(code="N16", plan='kind="half_open"', comes="hangs, hangs", quiet=True),
    Row(code="N16", plan='kind="half_open"\nplace="after"', comes="hangs, hangs", quiet=True),
    Row(code="N17", plan='kind="tls_failure"', comes="end, bad frame"),
    Row(
        code="N18",
        plan='kind="repeat_request"',
        comes="0210 00, 0210 00, 0410 00",
    ),
    Row(
        code="N19",
        plan='kind="hold_request"\ndelay_s=0.02\nrequest="payment"',
        ask=((SALE, UNDO),),
        comes="0410 25",
    ),
    *(
        Row(
            code="H1",
            plan=f'kind="decline"\ncode="{code}"\nrequest="payment"',
            comes=f"0210 {code}, 0410 12",
        )
        for code in ("01", "05", "51", "54", "55", "61", "91", "96")
    ),
    Row(
        code="H1",
        plan='kind="decline"\ncode="05"\nplace="after"',
        comes="0210 05, 0410 00",
    ),
    Row(
        code="H2",
        plan='kind="approve_part"\npart_percent=25',
        ask=(purchase(1, 1000),),
        comes="0210 10",
        last=fields(f4="000000000250"),
    ),
    Row(
        code="H2",
        plan='kind="approve_part"\npart_percent=25\nplace="after"',
        ask=(purchase(1, 1000),),
        comes="0210 10",
        last=fields(f4="000000000250"),
    ),
    Row(
        code="H3",
        plan='kind="omit_field"\nfield=39',
        ask=(SALE,),
        comes="0210",
        last=fields(f39=""),
    ),
    Row(
        code="H3",
        plan='kind="omit_field"\nfield=37',
        ask=(SALE,),
        comes="0210 00",
        last=fields(f37=""),
    ),
    Row(
        code="H4",
        plan='kind="alter_field"\nfield=4',
        ask=(SALE,),
        comes="0210 00",
        last=fields(f4="000000001235"),
    ),
    Row(
        code="H4",
        plan='kind="alter_field"\nfield=41\nvalue="T0000009"',
        ask=(SALE,),
        comes="0210 00",
        last=fields(f41="T0000009"),
    ),
    Row(
        code="H4",
        plan='kind="alter_field"\nfield=3',
        ask=(SALE,),
        comes="0210 00",
        last=fields(f3="000001"),
    ),
    Row(code="H5", plan='kind="duplicate"', comes="0210 94, 0410 12"),
    Row(
        code="H6",
        plan='kind="cutover"\ntimes=2\nrequest="payment"',
        ask=(SALE, purchase(2)),
        comes="0210 90, 0210 90",
    ),
    Row(code="H7", plan='kind="batch_mismatch"', comes="0210 77, 0410 12"),
    Row(
        code="H8",
        plan='kind="out_of_balance"\nrequest="settlement"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, 0510 95, 0510 95",
        last=fields(f66="2"),
    ),
    Row(
        code="H8",
        plan='kind="out_of_balance"\nrequest="settlement"\nplace="after"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, 0510 95, 0510 00",
        last=fields(f66="1"),
    ),
    Row(
        code="H9",
        plan='kind="settlement_error"\nrequest="settlement"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, 0510 95, 0510 00",
        last=fields(f66="1"),
    ),
    Row(
        code="H10",
        plan='kind="bad_totals"\nrequest="settlement"',
        ask=(SALE, CLOSE),
        comes="0210 00, 0510 00",
        last=fields(f97="D0000000000001235"),
    ),
    *(
        Row(
            code="H11",
            plan=f'kind="totals_off"\ntotals="{how}"\noff_minor=34\nrequest="settlement"',
            ask=(SALE, CLOSE),
            comes="0210 00, 0510 95",
            last=fields(f76=count, f88=amount),
        )
        for how, count, amount in (
            ("lost", "0000000000", "0000000000001200"),
            ("extra", "0000000002", "0000000000001268"),
            ("amount", "0000000001", "0000000000001268"),
        )
    ),
    Row(
        code="H11",
        plan='kind="totals_off"\nplace="after"\nrequest="settlement"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, 0510 00, 0510 00",
        last=fields(f88="0000000000001234"),
    ),
    Row(
        code="H12",
        plan='kind="decline"\ncode="12"\nrequest="upload_item"\nnth=2',
        ask=(SALE, OFF, item(1), item(2), item(2)),
        comes="0210 00, 0510 95, 0330 00, 0330 12, 0330 00",
    ),
    Row(
        code="H12",
        plan='kind="drop_reply"\nrequest="upload_item"\nnth=2',
        ask=(SALE, OFF, item(1), item(2), item(2)),
        comes="0210 00, 0510 95, 0330 00, 0330 94",
    ),
    Row(
        code="H12",
        plan='kind="decline"\ncode="94"\nrequest="upload_end"\nplace="after"',
        ask=(SALE, OFF, item(1), end(1)),
        comes="0210 00, 0510 95, 0330 00, 0330 94",
    ),
    Row(
        code="H12",
        plan='kind="drop_reply"\nrequest="upload_end"',
        ask=(SALE, OFF, item(1), end(1), end(1)),
        comes="0210 00, 0510 95, 0330 00, 0330 94",
    ),
    Row(
        code="H13",
        plan='kind="restart"\nrequest="settlement"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, end, 0510 00",
    ),
    Row(
        code="H13",
        plan='kind="restart"\nplace="before"',
        comes="end, 0410 25",
    ),
    Row(code="H14", plan='kind="lose_commit"', comes="0210 00, 0410 25"),
    Row(
        code="H15",
        plan='kind="close_batch"\nrequest="settlement"',
        ask=(SALE, CLOSE, AGAIN),
        comes="0210 00, 0510 94, 0510 94",
        last=fields(f66="3"),
    ),
    Row(
        code="H15",
        plan='kind="close_batch"\nnth=2',
        ask=(SALE, purchase(2)),
        comes="0210 00, 0210 77",
    ),
    Row(code="H16", plan='kind="change_keys"', comes="0210 00, 0410 00"),
    Row(code="H16", plan='kind="wrong_key_check"', ask=(sign_on(),), comes="0810 00"),
    Row(
        code="H17",
        plan='kind="other_batch"\nvalue="000042"',
        ask=(sign_on(),),
        comes="0810 00",
        last=fields(f60="000042"),
    ),
    *(
        Row(
            code="H18",
            plan=f'kind="decline"\ncode="{code}"\nrequest="reversal"',
            ask=(SALE, UNDO, UNDO),
            comes=f"0210 00, 0410 {code}, 0410 00",
        )
        for code in ("25", "12", "96")
    ),
    Row(
        code="H18",
        plan='kind="drop_reply"\nrequest="reversal"',
        ask=(SALE, UNDO, UNDO),
        comes="0210 00, 0410 00",
    ),
    Row(
        code="H19",
        plan='kind="clock_skew"\nskew_s=-90000',
        ask=(SALE,),
        comes="0210 00",
        last=fields(f12="183425", f13="1119"),
    ),
    Row(
        code="H20",
        plan='kind="forget_replies"\nmti="0501"',
        ask=(SALE, CLOSE, AGAIN, AGAIN),
        comes="0210 00, 0510 00, 0510 94, 0510 00",
    ),
    Row(
        code="H20",
        plan='kind="forget_replies"\ntimes=8',
        ask=(SALE, SALE, UNDO, UNDO),
        comes="0210 00, 0210 94, 0410 00, 0410 25",
    ),
)
