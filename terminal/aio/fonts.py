"""Fonts on this computer that can show Chinese. No fontconfig: known directories only.

TALLYWIRE_FONTS in the environment names other directories instead, as PATH does.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

DIRECTORIES: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "~/Library/Fonts",
)
"""Where systems keep fonts."""

VARIABLE: Final = "TALLYWIRE_FONTS"

NAMES: Final = (
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
    "STHeiti Light.ttc",
    "msyh.ttc",
    "simsun.ttc",
    "uming.ttc",
)
"""Best first: what looks most like a printer's own font."""


def find_font() -> Path | None:
    """Return the file of the best font with Chinese characters, or None."""
    found: dict[str, Path] = {}
    named = os.environ.get(VARIABLE)
    for directory in DIRECTORIES if named is None else named.split(os.pathsep):
        for path in Path(directory).expanduser().rglob("*.[ot]t[cf]"):
            found.setdefault(path.name, path)
    return next((found[name] for name in NAMES if name in found), None)


def load_typeface() -> bytes | None:
    """Return the bytes of `find_font()`, or None; the same object for the same file.

    Glyphs are kept by their typeface: two copies of it would be compared whole for each letter.
    """
    path = find_font()
    return _bytes_of(path) if path else None


@lru_cache(maxsize=1)
def _bytes_of(path: Path) -> bytes:
    return path.read_bytes()
