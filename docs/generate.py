"""The reference pages, drawn from the data they describe: `make docs`.

python -m docs.generate          writes what changed
python -m docs.generate --check  ends with 1 when a page is not what the data says
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from docs import (
    api,
    commands,
    faults,
    kinds,
    machines,
    people,
    responses,
    rules,
    scenarios,
    wire,
    words,
)
from protocol.dialect import BUILTIN

REFERENCE: Final = Path(__file__).resolve().parent / "reference"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "api.md": api.api,
    "commands.md": commands.commands,
    "configuration.md": words.configuration,
    **{f"dialect-{name}.md": partial(wire.dialect, name) for name in BUILTIN},
    "faults.md": faults.faults,
    "framing.md": wire.framings,
    "local-codes.md": words.local_codes,
    "response-codes.md": responses.response_codes,
    "payment-kinds.md": kinds.payment_kinds,
    "rules.md": rules.rules,
    "scenarios.md": scenarios.scenarios,
    "machines.md": machines.machines,
    "permissions.md": people.permissions,
    "magic-amounts.md": words.magic_amounts,
}
"""File in docs/reference -> what draws it."""


def stale() -> dict[str, str]:
    """Return the pages that are not what the data says, with what they should be."""
    drawn = {name: draw() for name, draw in PAGES.items()}
    return {name: text for name, text in drawn.items() if _read(REFERENCE / name) != text}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: list[str]) -> int:
    """Write the stale pages, or with --check only name them."""
    pages = stale()
    for name, text in pages.items():
        print(f"docs/reference/{name}")
        if "--check" not in arguments:
            (REFERENCE / name).write_text(text, encoding="utf-8")
    return 1 if pages and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
