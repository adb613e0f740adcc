"""What a host notes of its wire: the last of it in memory, and in files where asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acquirer_sim.errors import TraceError
from protocol.aio.tracing import FileTrace, Ring, Tracer, open_jsonl, open_pcap
from protocol.dialect import Dialect


class Recording:
    """The trace of one host. Raises TraceError when a file cannot be opened."""

    def __init__(
        self,
        dialect: Dialect,
        now: Callable[[], datetime],
        *,
        jsonl: str = "",
        pcap: str = "",
        on_failure: Callable[[str], None],
    ) -> None:
        self.dialect = dialect
        self.tracer = Tracer(now)
        self.ring = Ring()
        self._files: list[FileTrace] = []
        self.tracer.add(self.ring.put)
        for path, opened in ((jsonl, open_jsonl), (pcap, open_pcap)):
            if path:
                self._add(path, opened, on_failure)

    def close(self) -> None:
        """Write what is noted and close the files."""
        for file in self._files:
            file.close()

    def _add(
        self,
        path: str,
        opened: Callable[[str, Dialect, Callable[[str], None]], FileTrace],
        on_failure: Callable[[str], None],
    ) -> None:
        problem = ""
        try:
            file = opened(path, self.dialect, on_failure)
        except OSError as error:
            problem = error.strerror or "it cannot be opened"
        if problem:
            self.close()
            raise TraceError(
                f"The trace {path} cannot be written: {problem}.",
                "Give a file in a folder that is there and yours.",
            )
        self._files.append(file)
        self.tracer.add(file.put)
