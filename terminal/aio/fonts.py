"""Fonts on this computer that can show Chinese. No fontconfig: known directories only."""

from __future__ import annotations

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
    for directory in DIRECTORIES:
        for path in Path(directory).expanduser().rglob("*.[ot]t[cf]"):
            found.setdefault(path.name, path)
    return next((found[name] for name in NAMES if name in found), None)


def load_typeface() -> bytes | None:
    """Return the bytes of `find_font()`, or None."""
    path = find_font()
    return path.read_bytes() if path else None
