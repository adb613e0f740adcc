"""Who gives a command: an operator and a password, by file, environment or prompt; never argv."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from terminal.aio.people import People

OTHERS: Final = 0o077
PASSWORD: Final = "TALLYWIRE_PASSWORD"
SECOND_PASSWORD: Final = "TALLYWIRE_SECOND_PASSWORD"
NEW_PASSWORD: Final = "TALLYWIRE_NEW_PASSWORD"


@dataclass(frozen=True, slots=True)
class Attendance:
    """What the command line says of people; `asks` when somebody sits there who can type."""

    operator: str | None
    password_file: Path | None
    second: str
    second_password_file: Path | None
    asks: bool

    async def log_in(self, people: People) -> None:
        """Log in where people are on. Raises NotPermitted, Ending."""
        if not people.on:
            return
        from terminal.aio.people import refused

        if not self.operator:
            raise refused("L78")
        words = f"操作员 {self.operator} 密码 / Password of operator {self.operator}"
        password = self._read(self.password_file, PASSWORD, words)
        if not password:
            raise refused("L78")
        await people.login(self.operator, password)

    async def permit(self, people: People, verb: str, subject: str) -> None:
        """Have a command permitted, with a second person if there is one. Raises NotPermitted."""
        from tallywire.permits import PERMITS

        act = PERMITS[verb]
        if act is None or not people.on:
            return
        password = ""
        if self.second:
            words = f"第二人 {self.second} 密码 / Password of operator {self.second}"
            password = self._read(self.second_password_file, SECOND_PASSWORD, words)
        await people.admit(act, subject, second=self.second, second_password=password)

    def password(self) -> str:
        """Return the password of the operator once more, "" for none."""
        return self._read(self.password_file, PASSWORD, "原密码 / Old password")

    def new_password(self, path: Path | None) -> str:
        """Return the password that is to be, "" for none."""
        if path is None and NEW_PASSWORD not in os.environ and self.asks:
            words = "新密码 / New password"
            return str(click.prompt(words, hide_input=True, confirmation_prompt=True, err=True))
        return self._read(path, NEW_PASSWORD, "")

    def _read(self, path: Path | None, variable: str, words: str) -> str:
        if path is not None:
            return read_password(path)
        if variable in os.environ:
            return os.environ[variable]
        return str(click.prompt(words, hide_input=True, err=True)) if self.asks else ""


NOBODY: Final = Attendance(None, None, "", None, asks=False)


def read_password(path: Path) -> str:
    """Return the one line of a file that its owner alone can read. Raises Ending."""
    problem = ""
    try:
        if os.stat(path).st_mode & OTHERS:
            problem = "others can read it"
        else:
            return path.read_text("utf-8").strip()
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    step = "Give a file with the password alone, readable by you alone (chmod 600)."
    raise Ending(Exit.CONFIGURATION, f"{path}: {problem}.", step)
