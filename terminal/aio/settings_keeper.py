"""Changes the settings file: kept first, then replaced at one stroke, then written down.

    keep what is there   ->   replace the file (write beside, sync, rename)   ->   keep the new one

A power cut before the rename leaves the old file, one after it the new file, never half of one.
A file that is not the newest version was changed by hand, or by a change that was cut: it is
kept as it is found, so `undo` goes back to the bytes before it in both cases.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from terminal.aio.desk import Desk
from terminal.configuration import load_settings
from terminal.errors import NotPermitted, StoreError, TerminalError
from terminal.settings_edit import literal_of, with_value
from terminal.settings_history import SettingsKept, SettingsVersion, changed_keys, refusal
from terminal.texts import text_of


@dataclass(frozen=True, slots=True)
class SettingsKeeper:
    """Keeps the settings of one terminal."""

    desk: Desk

    async def set(self, path: Path, key: str, word: str) -> frozenset[str]:
        """Change one setting in the file; return what is different now.

        Raises CannotEdit, SettingsError (nothing is changed), TerminalError: L47 while money is
        open, L84 for what belongs to the data, StoreError.
        """
        current = await self._found(path)
        literal = literal_of(key, word)
        fresh = with_value(current.text or "", key, literal)
        return await self._replace(path, current, fresh, current.version, f"set {key} = {literal}")

    async def undo(self, path: Path) -> frozenset[str]:
        """Go back to the version before, byte for byte. Raises as `set`; L83 when there is none."""
        current = await self._found(path)
        before = await self._version(current.parent)
        if before is None:
            raise TerminalError("L83", text_of("L83").en)
        cause = f"undo {current.version}"
        return await self._replace(path, current, before.text, before.parent, cause)

    async def history(self) -> tuple[SettingsVersion, ...]:
        """Return every version, newest first."""
        sql = "SELECT * FROM settings_version ORDER BY version DESC"
        return tuple(SettingsVersion(*row) for row in await self.desk.journal.fetch(sql))

    async def _found(self, path: Path) -> SettingsVersion:
        """Return what the file holds as a version; keep it unless it is the newest one."""
        newest = next(iter(await self.history()), None)
        text = _read(path)
        if newest is not None and newest.text == text:
            return newest
        number = newest.version if newest else 0
        kept = SettingsKept(version=number + 1, parent=number, text=text, by="", cause="found")
        await self.desk.journal.commit((kept,))
        return (await self.history())[0]

    async def _replace(
        self, path: Path, current: SettingsVersion, text: str | None, parent: int, cause: str
    ) -> frozenset[str]:
        before = load_settings(current.text or "", str(path))
        after = load_settings(text or "", str(path))
        keys = changed_keys(before, after)
        code = refusal(keys, money_open=await self._money_open())
        people = self.desk.people
        if code:
            await people.audit.write(
                operator=people.operator, act="change settings", subject=cause, outcome=code
            )
            raise NotPermitted(code, text_of(code).en)
        _write(path, text)
        by = people.operator
        number = current.version + 1
        kept = SettingsKept(version=number, parent=parent, text=text, by=by, cause=cause)
        await people.audit.write(kept, operator=by, act="change settings", subject=cause)
        return keys

    async def _version(self, number: int) -> SettingsVersion | None:
        return next((one for one in await self.history() if one.version == number), None)

    async def _money_open(self) -> bool:
        standing = await self.desk.standing()
        owed = standing.reversals_open + standing.reversals_manual + standing.unfinished
        held = standing.unsettled + standing.advices + standing.recovered
        return bool(owed or held or standing.settlement != "open")


def _read(path: Path) -> str | None:
    problem = ""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise StoreError("L42", f"{path}: {problem}")


def _write(path: Path, text: str | None) -> None:
    """Replace the file at one stroke, or take it away; on the platter when this returns."""
    fresh, problem = path.with_name(path.name + ".new"), ""
    try:
        if text is None:
            path.unlink(missing_ok=True)
        else:
            with open(fresh, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        problem = error.strerror or "cannot be written"
    if problem:
        raise StoreError("L40", f"{path}: {problem}")
