"""Pages about words: what the terminal says, and what the acquirer's codes mean."""

from __future__ import annotations

from acquirer_sim.configuration import Configuration as AcquirerConfiguration
from acquirer_sim.configuration import default_configuration
from acquirer_sim.magic import MAGIC_AMOUNTS, MAGIC_CODES
from docs.settings import section
from docs.tables import code, page, table
from protocol.amount import format_minor
from terminal.configuration import Settings as TerminalSettings
from terminal.texts import TEXTS


def local_codes() -> str:
    """Draw the terminal's own findings."""
    return page(
        "Local codes",
        "terminal/texts.py",
        "What the terminal finds by itself. The acquirer's two-character codes are "
        "[response codes](response-codes.md).",
        table(
            ("code", "what is the matter", "what to do", "屏幕", "下一步"),
            [
                (code(name), text.en, text.next_en, text.zh, text.next_zh)
                for name, text in sorted(TEXTS.items())
            ],
        ),
    )


def magic_amounts() -> str:
    """Draw the amounts that ask the acquirer for an answer."""
    return page(
        "Magic amounts",
        "acquirer_sim/magic.py",
        "A payment of one of these amounts gets the code beside it, whatever its kind. Cards, "
        "merchants, terminals and rules of the configuration are asked before, limits after. "
        "`magic_amounts = false` in the acquirer's [configuration](configuration.md) switches "
        "the table off.",
        table(
            ("amount", "F39", "which says"),
            [
                (code(format_minor(minor).replace(",", "")), code(answer), MAGIC_CODES[answer])
                for minor, answer in sorted(MAGIC_AMOUNTS.items())
            ],
        ),
        _standing_cards(),
    )


def _standing_cards() -> str:
    cards = default_configuration().card
    return "\n\n".join(
        [
            "## Cards that the acquirer knows",
            "Published test numbers; any other number of a test range is good for any amount.",
            table(("card", "which is"), [(code(card.pan), card.name) for card in cards]),
        ]
    )


def configuration() -> str:
    """Draw every key of every configuration file."""
    return page(
        "Configuration",
        "the types that parse it",
        "Files are TOML. Every key at the top has a default, and an unknown key is refused: the "
        "error names the file, the key, what was found and what is allowed.",
        section("Terminal: `tallywire terminal --config FILE`", TerminalSettings),
        section("Acquirer: `tallywire acquirer --config FILE`", AcquirerConfiguration),
    )
