"""The page about the acquirer's response codes, as the terminal takes them."""

from __future__ import annotations

from docs.tables import code, page, table
from terminal.responses import RESPONSES, REVERSAL_DONE, UPLOAD_TAKEN


def response_codes() -> str:
    """Draw what each F39 means, and what the terminal does."""
    return page(
        "Response codes",
        "terminal/responses.py",
        "The two characters of F39. Categories: A success, B failed and may be tried again, C "
        "failed, D failed and the operator acts, E failed by a fault of the system. A code that "
        "is not here is a failure.",
        table(
            ("code", "category", "says", "终端显示", "what the terminal does"),
            [
                (code(key), one.category.value, one.en, one.zh, one.action.value)
                for key, one in sorted(RESPONSES.items())
            ],
        ),
        f"A reversal answered {_list(REVERSAL_DONE)} has nothing left to undo. "
        f"An upload answered {_list(UPLOAD_TAKEN)} was taken. "
        "The terminal's own findings are [local codes](local-codes.md).",
    )


def _list(codes: frozenset[str]) -> str:
    *most, last = sorted(codes)
    return f"{', '.join(map(code, most))} or {code(last)}"
