"""`tallywire acquirer explain`: each rule in order, and the answer that a message would get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click
import msgspec

from tallywire.exits import Ending, Exit
from tallywire.running import perform, read_settings, tell

if TYPE_CHECKING:
    from acquirer_sim.arrival import Arrival
    from acquirer_sim.configuration import Configuration
    from acquirer_sim.explanation import Answer, Explanation
    from acquirer_sim.rulebook import Explained
    from protocol.dialect import Dialect
    from protocol.message import Message
    from protocol.operations import Request

MOMENT: Final = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.argument("message", metavar="MESSAGE|FILE|-")
@click.option(
    "--dialect",
    metavar="NAME|FILE",
    default="iso87",
    show_default=True,
    help="A shipped dialect, or a file of your own.",
)
@click.option(
    "--at-time",
    type=MOMENT,
    help="When it arrives, by the configuration's time zone.  [default: now]",
)
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="It is the so-manieth that fits each rule.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
def explain(
    *,
    file: str,
    message: str,
    dialect: str,
    at_time: datetime | None,
    count: int,
    as_json: bool,
) -> None:
    """Say which rule of a configuration FILE a message meets, and why not those before it.

    The message is hexadecimal digits, a file or standard input. What only a ledger knows is not
    asked: the open batch, the original of a void, what the card has spent.
    """

    def act() -> None:
        from acquirer_sim.configuration import load_configuration

        configuration = read_settings(file, load_configuration)
        assert configuration is not None, "a file is named"
        spoken, came = _message(message, dialect)
        arrival, request = _request(came, spoken)
        found = _explain(configuration, spoken, arrival, request, at_time, count)
        if as_json:
            tell(event="explained", **msgspec.to_builtins(found))
        else:
            for line in _lines(arrival, found):
                click.echo(line)

    perform(act, as_json=as_json)


def _message(word: str, dialect: str) -> tuple[Dialect, Message]:
    from protocol.aio.dialect_file import find_dialect
    from tallywire.messages.intake import AUTO, messages_in, read_word

    spoken = find_dialect(dialect)
    first = messages_in(read_word(word), form=AUTO, framing=AUTO, dialect=spoken)[0]
    if isinstance(first, Exception):
        raise Ending(
            Exit.REFUSED,
            f"The message is none of {spoken.name}: {first}.",
            "tallywire message doctor tries all there is.",
        )
    return spoken, first


def _request(message: Message, dialect: Dialect) -> tuple[Arrival, Request]:
    from acquirer_sim.arrival import arrival_of
    from protocol.errors import ProfileError
    from protocol.operations import Request
    from protocol.profiles.choice import profile_of

    problem = "it is no request to a host"
    try:
        request = profile_of(dialect).decode(message)
    except ProfileError as error:
        problem = str(error)
    else:
        if isinstance(request, Request):
            return arrival_of(message, request), request
    raise Ending(
        Exit.REFUSED, f"The host would refuse {message.mti}: {problem}.", "Give a request."
    )


def _explain(
    configuration: Configuration,
    dialect: Dialect,
    arrival: Arrival,
    request: Request,
    at_time: datetime | None,
    count: int,
) -> Explanation:
    from zoneinfo import ZoneInfo

    from acquirer_sim.aio.masters import open_keyring
    from acquirer_sim.aio.running import pins_for, rulebook_of, utc_now
    from acquirer_sim.errors import AcquirerError
    from acquirer_sim.explanation import explain as explain_request
    from acquirer_sim.policy import Policy
    from acquirer_sim.tokens import KEY_BYTES
    from protocol.secrets import Key

    problem: AcquirerError | None = None
    try:
        pins = pins_for(dialect, configuration, open_keyring(dialect, configuration))
    except AcquirerError as error:
        problem = error
    if problem is not None:
        raise Ending(Exit.STORAGE, problem.sentence, problem.next_step, problem.code)
    policy = Policy(configuration, Key(bytes(KEY_BYTES)), pins)
    now = utc_now()
    if at_time is not None:
        now = at_time.replace(tzinfo=ZoneInfo(configuration.time_zone))
    rules = rulebook_of(configuration)
    return explain_request(policy, rules, arrival, request, now=now, count=count)


def _lines(arrival: Arrival, found: Explanation) -> Iterator[str]:
    words = [arrival.mti, *(one.value for one in (arrival.request, arrival.kind) if one)]
    words += [arrival.card.masked] if arrival.card is not None else []
    words += [f"amount {arrival.minor} (minor units)"] if arrival.minor is not None else []
    yield f"{', '.join(words)}, terminal {arrival.terminal}, merchant {arrival.merchant}"
    for one in found.rules:
        yield _heading(one)
        yield from (
            f"  {check.key} {check.wanted}: {check.found}{'' if check.holds else '  <-- no'}"
            for check in one.checks
            if one.reached
        )
    if not found.rules:
        yield "There are no rules."
    yield _told(found.answer)


def _heading(one: Explained) -> str:
    name = f" ({one.name})" if one.name else ""
    if not one.reached:
        return f"Rule {one.position}{name} is not asked."
    return f"Rule {one.position}{name} {'matches' if one.matches else 'does not match'}:"


def _told(answer: Answer) -> str:
    part = f" for {answer.minor}" if answer.minor is not None else ""
    words = [f"Answer: {answer.code}{part}, decided by {answer.by}"]
    if answer.code is None:
        words = [f"Answer: decided by {answer.by}"]
    if answer.delay_s:
        words.append(f"{answer.delay_s:g} s later")
    if answer.wants is not None:
        words.append(f"the header asks for {answer.wants}")
    if answer.answer_batch is not None:
        words.append(f"naming batch {answer.answer_batch}")
    if answer.fault is not None:
        words.append(f"and the fault {answer.fault} strikes")
    return ", ".join(words) + "."
