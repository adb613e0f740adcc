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
        "`before` the commit the host decides so, and its books say the same; `after` it the books "
        "are as they should be, and only the reply is not. Where both are possible, the first one "
        "is meant unless `place` says otherwise.",
        "A file holds one table for each fault, in order. This one loses the answer to the third "
        "purchase:",
        '```toml\n[[fault]]\nkind = "drop_reply"\nmti = "0200"\nnth = 3\n```',
        "And this one breaks a tenth of all replies to payments, the same tenth each time:",
        '```toml\nseed = 7\n\n[[fault]]\nkind = "reset_reply"\nrequest = "payment"\n'
        "chance = 0.1\ntimes = 1000\n```",
        "While the acquirer runs, `Host.add_fault`, `remove_fault` and `faults` do the same from "
        "Python; each fault has an id. Every strike is an event with that id, the code and the "
        "place. A fault with `expect` that has struck less often when the acquirer ends is told "
        "as `unmet`.",
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
