"""Questions that move no money: a number is used up, the host asked once, its answer returned."""

from __future__ import annotations

from protocol.aio.errors import NotConnected, NotSent, Unanswered
from protocol.operations import Operation, Reply, Request
from terminal.aio.books import Standing
from terminal.aio.desk import Desk
from terminal.aio.line import UnreadableReply
from terminal.standing import StanTaken


async def take_stan(desk: Desk, standing: Standing, purpose: str) -> str:
    """Use up the next number for a message that is no payment."""
    stan = await desk.books.next_stan(after=standing.stan, batch=standing.batch)
    await desk.journal.commit((StanTaken(stan=stan, purpose=purpose),))
    return stan


async def ask(desk: Desk, request: Request) -> tuple[str, Operation | None]:
    """Ask something that moves no money; return the code and the reply, if there is one."""
    try:
        await desk.line.connect()
        reply = await desk.line.request(request, desk.settings.timing.reply_timeout_s)
    except (NotConnected, NotSent):
        return "L20", None
    except Unanswered:
        return "L49", None
    except UnreadableReply:
        return "L22", None
    if not isinstance(reply, Reply) or (reply.stan, reply.origin) != (
        request.stan,
        request.origin,
    ):
        return "L23", None
    return reply.code, reply
