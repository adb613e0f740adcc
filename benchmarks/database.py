"""A PostgreSQL server of one's own: a folder of its own, a free port, and fsync on.

Debian's package has no `postgres` on the path, and the server refuses to run as root: then it runs
as the user that the package made for it. For benchmarks, and for tests.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

PATIENCE_S: Final = 60
KEEPER: Final = "keeper"
PASSWORD: Final = "a p@ss/word: told to nobody"
"""What the one user has who is asked for a password."""

ACCESS: Final = f"""
local all all trust
host all {KEEPER} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda one: float(one.parts[-3]), default=None)
    return newest.parent if newest is not None else None


class Postgres:
    """One server, which can be killed and started again on its port."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.port = _free_port()
        self._folder = folder
        self._programs = programs
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._databases = 0
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            self._user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    def create(self) -> None:
        """Make the files of the server; only they are not synchronised."""
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]
        subprocess.run(
            [self._programs / "initdb", "--no-sync", *options, self._folder / "data"],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
            cwd=self._folder,
            **self._user,
        )
        (self._folder / "data" / "pg_hba.conf").write_text(ACCESS, "utf-8")

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        options = ("listen_addresses=127.0.0.1", "fsync=on", "deadlock_timeout=100ms")
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data")]
        command += ["-p", str(self.port), "-k", str(self._folder)]
        for option in options:
            command += ["-c", option]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, cwd=self._folder, **self._user
        )
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(ready,), daemon=True)
        self._reader.start()
        assert ready.wait(PATIENCE_S)
        assert self._process.poll() is None, "it has ended instead"

    def _read(self, ready: threading.Event) -> None:
        """Read what it says, to its end, so that it never waits for us."""
        assert self._process is not None
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "ready to accept connections" in line:
                ready.set()
        ready.set()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGQUIT at once, as a power cut would; SIGINT with a good-bye to everybody."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(PATIENCE_S)
            assert self._reader is not None
            self._reader.join(PATIENCE_S)
            assert process.stderr is not None
            process.stderr.close()

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return how to reach a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Make a database and return its URL."""
        self._databases += 1
        name = f"books_{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def a_database(self) -> str:
        """Make a database from within a running loop, and return its URL."""
        return await asyncio.to_thread(self.new_database)

    def execute(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements and return the rows of the last one."""
        return asyncio.run(run_statements(self.url(database), *statements))


async def run_statements(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a connection of their own and return the rows of the last one."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        rows: list[Any] = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """Run a server for a while."""
    with tempfile.TemporaryDirectory(prefix="tallywire-postgres-") as folder:
        server = Postgres(Path(folder), programs)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
