"""The page about what can be broken on purpose: the host, and the printer."""

from __future__ import annotations

from acquirer_sim.faults import FAULTS, Fault
from docs.settings import section
from docs.tables import code, page, table
from tallywire.virtual_printer.faults import OPTIONS


def faults() -> str:
    """Draw the host's faults and the virtual printer's."""
    return page(
        "Faults",
        "acquirer_sim/faults.py and tallywire/virtual_printer/faults.py",
        "What goes wrong on purpose. The first column of the host's table is the fault's code in "
        "the catalogue of the trade: N is the network, H the host.",
        "## The host: `tallywire acquirer --faults FILE`",
        table(
            ("code", "kind", "what goes wrong", "place", "its own keys"),
            [
                (
                    facts.code,
                    code(kind.value),
                    facts.sentence,
                    " or ".join(code(place.value) for place in facts.places),
                    ", ".join(map(code, facts.uses)),
                )
                for kind, facts in FAULTS.items()
            ],
        ),
        "A file holds one table for each fault, in order. This one loses the answer to the third "
        "purchase:",
        '```toml\n[[fault]]\nkind = "drop_reply"\nmti = "0200"\nnth = 3\n```',
        section("[[fault]]", Fault),
        "## The printer: `tallywire printer --fault NAME`",
        table(
            ("name", "what goes wrong"),
            [
                (code(f"{name}=…" if option.read else name), option.help)
                for name, option in OPTIONS.items()
            ],
        ),
    )
