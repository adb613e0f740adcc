"""A start without the garbage collector.

A process that starts makes tens of thousands of objects and throws hardly one away: modules,
classes, tables. The collector would go through all of them again and again, for a tenth of the
time a start takes, and find nothing. So it waits until the process is ready; what is there by
then is frozen, which spares every later collection the way through it.
"""

from __future__ import annotations

import gc


def begin() -> None:
    """Switch the collector off; the first thing a program does."""
    gc.disable()


def end() -> None:
    """Keep what the start has made out of every collection, and switch the collector on."""
    gc.freeze()
    gc.enable()
