"""The page about the acquirer's rules, read off the type that parses them."""

from __future__ import annotations

from acquirer_sim.rules import RuleSettings
from docs.settings import section
from docs.tables import page, table

ORDER = (
    ("a reply given before", "the same again, whatever the rules say now", ""),
    ("the batch", "77: not the open one", ""),
    ("terminal, merchant", "97, 03, or the code of the table", ""),
    ("card", "14, 15, 54, or the code of the table", ""),
    ("PIN", "55, 99", ""),
    ("a fault of the plan", "its code", "[faults](faults.md)"),
    ("the first rule that matches", "its code", "this page"),
    ("magic amounts", "the code in the cents", "[magic amounts](magic-amounts.md)"),
    ("the card's limits", "61, 51, 10", ""),
    ("the original", "what is asked of a void, a refund, a completion", ""),
)


def rules() -> str:
    """Draw the keys of a rule and the order of everything that has an opinion."""
    return page(
        "Rules",
        "acquirer_sim/rules.py and acquirer_sim/policy.py",
        "What the acquirer answers to whom. Rules stand in its "
        "[configuration](configuration.md), in the order in which they are asked; how to write "
        "some is told [here](../howto/rules.md).",
        "## Who decides",
        "The first of these that has an opinion on a payment. A rule with code `00` has one: magic "
        "amounts and limits are then not asked. Of other requests a rule's code is the answer, "
        "nothing of them is done, and a settlement gets the verdict 3.",
        table(("who", "may say", "see"), list(ORDER)),
        section("[[rule]]", RuleSettings),
        "## Counting",
        "A rule that is asked counts every request that fits its other keys, repeats too; `nth`, "
        "`every` and `first` are about that number. It begins anew when the acquirer does.",
    )
