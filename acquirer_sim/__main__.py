"""`python -m acquirer_sim` is `tallywire acquirer`.

A door, not a part: it alone may look up to the roof.
"""

from __future__ import annotations

from tallywire import starting

if __name__ == "__main__":
    starting.begin()
    from tallywire.commands.acquirer import command

    command(prog_name="tallywire acquirer")
