"""`tallywire acquirer --api`: who may come in, and the API beside the running host."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Final

from acquirer_sim.errors import TokenError
from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from acquirer_sim.aio.host import Host

TOKEN: Final = "TALLYWIRE_API_TOKEN"
TOKEN_SIZE_MIN: Final = 16
EXTRA: Final = ("starlette", "uvicorn", "prometheus_client")
OTHERS: Final = 0o077

Beside = Callable[["Host"], AbstractAsyncContextManager[object]]


def beside(
    address: tuple[str, int],
    token_file: str | None,
    *,
    ledger: str,
    on_ready: Callable[[tuple[str, int]], None],
) -> Beside:
    """Return what serves the API beside a host. Raises Ending or TokenError."""
    check_extra(EXTRA)
    from acquirer_sim.aio.api.serving import Api, serving

    token = read_token(token_file)
    api = Api(host=address[0], port=address[1], token=token, ledger=ledger)
    api.check()

    @asynccontextmanager
    async def serve(host: Host) -> AsyncIterator[None]:
        async with serving(host, api) as found:
            on_ready(found)
            yield

    return serve


def check_extra(names: Sequence[str]) -> None:
    """Raise Ending when a library of the extra is not there."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise Ending(
            Exit.CONFIGURATION,
            f"The API needs {missing[0]}, which is not installed.",
            "Install it: pip install 'tallywire[api]'.",
        )


def read_token(path: str | None) -> str:
    """Return the token of the environment or of a file; "" is none. Raises TokenError."""
    token = os.environ.get(TOKEN, "")
    if not token and path:
        token = _read(path)
    if token and (len(token) < TOKEN_SIZE_MIN or not token.isascii() or not token.isprintable()):
        raise TokenError(
            f"A token has at least {TOKEN_SIZE_MIN} printable ASCII characters.",
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe())'.",
        )
    return token


def _read(path: str) -> str:
    problem = ""
    try:
        with open(path, encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                problem = "others may read it"
            else:
                token = file.read(4096).strip()
                problem = "" if token else "it is empty"
    except OSError as error:
        problem = error.strerror or "it cannot be read"
    except UnicodeDecodeError:
        problem = "it is no ASCII text"
    if problem:
        raise TokenError(
            f"The token file {path}: {problem}.",
            f"Give a file with one line, and chmod 600 {path}.",
        )
    return token
