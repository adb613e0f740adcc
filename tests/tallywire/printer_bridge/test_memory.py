from __future__ import annotations

from pathlib import Path

import pytest

from tallywire.printer_bridge.memory import JOBS_MAX, RECENT_MAX, JobMemory, open_memory
from terminal.cloud_printing import Progress, Report, job_name


def report(number: int, progress: Progress) -> Report:
    return Report(job=job_name("c0ffee00", number.to_bytes(4, "big")), progress=progress)


def test_memory_writes_before_it_knows() -> None:
    """Commit before Print: what cannot be written is not remembered either."""
    written: list[Report] = []

    def write(one: Report) -> None:
        assert memory.known(one.job) is None
        written.append(one)

    memory = JobMemory(write=write)

    assert memory.note(report(1, Progress.PRINTING))
    assert [report(1, Progress.PRINTING)] == written
    assert report(1, Progress.PRINTING) == memory.known(written[0].job)


def test_memory_notes_only_news() -> None:
    memory = JobMemory()

    assert memory.note(report(1, Progress.ACCEPTED))
    assert not memory.note(report(1, Progress.ACCEPTED))
    assert memory.note(report(1, Progress.PRINTED))
    assert not memory.note(report(1, Progress.UNKNOWN))


def test_memory_is_bounded() -> None:
    memory = JobMemory(report(number, Progress.PRINTED) for number in range(JOBS_MAX + 5))

    assert memory.known(report(4, Progress.PRINTED).job) is None
    assert memory.known(report(5, Progress.PRINTED).job) is not None
    assert RECENT_MAX == len(memory.recent())


def test_memory_over_a_restart_knows_what_may_be_on_paper(tmp_path: Path) -> None:
    """P4: after `printing` is on disk nobody can say that nothing was printed."""
    path = tmp_path / "jobs"
    memory = open_memory(path)
    memory.note(report(1, Progress.ACCEPTED))
    memory.note(report(2, Progress.ACCEPTED))
    memory.note(report(2, Progress.PRINTING))
    memory.note(report(3, Progress.PRINTING))
    memory.note(report(3, Progress.PRINTED))
    del memory

    for _ in range(2):
        found = [one.progress for one in open_memory(path).recent()]
        assert [Progress.REFUSED, Progress.UNKNOWN, Progress.PRINTED] == found


def test_memory_forgets_a_line_that_was_cut_off(tmp_path: Path) -> None:
    """Power failed in the middle of a write: what it said had not been done yet."""
    path = tmp_path / "jobs"
    memory = open_memory(path)
    memory.note(report(1, Progress.PRINTED))
    memory.note(report(2, Progress.PRINTED))
    del memory
    path.write_bytes(path.read_bytes()[:-5])

    assert [report(1, Progress.PRINTED)] == open_memory(path).recent()


@pytest.mark.parametrize("content", [b"hello\n", b"{}\n", b"\xff\n"])
def test_memory_is_no_other_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"notes\.txt is no memory of print jobs"):
        open_memory(path)

    assert content == path.read_bytes()
