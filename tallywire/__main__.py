"""`python -m tallywire` is the command."""

from __future__ import annotations

from tallywire.command import main

if __name__ == "__main__":
    main(prog_name="tallywire")
