"""The file of a scenario: what is done, step by step, and what must be true in the end.

Everything that can be wrong with a file is found when it is read, with path, key, what was found
and what is allowed; a scenario that begins has verbs, keys and crash points that exist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from acquirer_sim.configuration import Configuration, default_configuration
from acquirer_sim.faults import Fault
from acquirer_sim.settings import Count, Seconds
from acquirer_sim.settings import Settings as Strict
from protocol.amount import Amount
from protocol.settings import SettingsError, explain
from tallywire.scenarios.names import KNOWN
from tallywire.scenarios.power import CUTS
from tallywire.scenarios.verbs import VERBS, Verb
from tallywire.scenarios.wire import Pattern
from tallywire.virtual_printer import parse_fault
from tallywire.virtual_printer.control import CONTROLS
from tallywire.virtual_printer.faults import PrinterFaults
from terminal.configuration import Settings
from terminal.documents import CopyKind
from terminal.results import Status

CARDS: Final[Mapping[str, str]] = {
    "visa": "4111111111111111",
    "mastercard": "5555555555554444",
    "unionpay": "6200000000000005",
    "amex": "378282246310005",
    "visa_low": "4012888888881881",
    "visa_declined": "4000000000000002",
    "mastercard_part": "5200828282828210",
}
"""Names for published test cards; what the acquirer thinks of them stands in its configuration."""

Whole = Annotated[int, Meta(ge=0)]
Plain = str | int | bool


class Step(Strict, frozen=True):
    """One thing that is done. Which keys a verb needs and takes stands in the table of verbs.

    With `cut` the terminal's power fails at that crash point, when it is reached for the `nth`
    time: the step must end there, and the terminal is off until it is started. `expect` names
    members of the step's result.
    """

    do: Verb
    amount: str = ""
    """Major units, as text."""
    card: str = ""
    """A name of the table of cards, or a test number; `visa` when a card is needed."""
    voucher: str = ""
    """The STAN of the payment that is meant."""
    batch: str = ""
    rrn: str = ""
    """The host's reference of it, in place of the voucher."""
    advice: bool = False
    """Tell the host of a completion instead of asking it."""
    partial: Literal["accept", "undo"] = "undo"
    """What becomes of an approval for less."""
    tag: str = ""
    manual: bool = False
    """Give reversals that a person must see to another round of tries."""
    what: Literal["last", "any", "settlement"] = "last"
    """Which document is printed again."""
    copy: CopyKind | None = None
    original: bool = False
    """Print it as an original again, which a supervisor may after `did-not`."""
    job: str = ""
    """A print job or a copy: R000001-000002/merchant."""
    line: str = ""
    """As `tallywire printer --control` takes it: "paper 50", "fault cutter"."""
    fault: Fault | None = None
    """As a table of a fault file."""
    refuse: Whole = 0
    skip: Whole = 0
    seconds: float = 0.0
    times: Count = 1
    """How often the step is done; `expect` is about the last time."""
    cut: str = ""
    nth: Count = 1
    expect: dict[str, Plain] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        facts, given = VERBS[self.do], self._given()
        missing = [key for key in facts.needs if key not in given]
        if missing:
            raise ValueError(f"{self.do.value} needs the key {missing[0]}")
        takes = {*facts.needs, *facts.takes, *(_ANY if facts.is_terminal else ())}
        strange = sorted(given - takes)
        if strange:
            allowed = ", ".join(sorted(takes)) or "none"
            raise ValueError(f"{self.do.value} takes no {strange[0]}; allowed: {allowed}")
        problem = self._cut_problem() or self._line_problem() or self._expect_problem()
        if problem:
            raise ValueError(problem)

    def _given(self) -> set[str]:
        fields = msgspec.structs.fields(type(self))
        return {one.name for one in fields if not one.required and self._differs(one)}

    def _differs(self, field: msgspec.structs.FieldInfo) -> bool:
        default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
        return bool(getattr(self, field.name) != default)

    def _cut_problem(self) -> str:
        if self.cut and self.cut not in CUTS:
            return f"the power cannot fail at {self.cut!r}; allowed: {', '.join(sorted(CUTS))}"
        if self.cut and self.expect:
            return "a step whose power fails has no result to expect"
        return ""

    def _line_problem(self) -> str:
        verb, *words = self.line.split() or [""]
        if self.do is not Verb.PRINTER:
            return ""
        if verb not in CONTROLS:
            return f"a printer has no control {verb!r}; allowed: {', '.join(CONTROLS)}"
        if verb == "fault" and words != ["none"]:
            for word in words:
                parse_fault(word, PrinterFaults())
        return ""

    def _expect_problem(self) -> str:
        result = VERBS[self.do].result
        names = [field.name for field in msgspec.structs.fields(result)] if result else []
        strange = [key for key in self.expect if key not in names]
        if strange:
            allowed = ", ".join(names)
            return f"{self.do.value} has no {strange[0]!r} to expect; allowed: {allowed}"
        return ""

    @property
    def pan(self) -> str:
        """Return the number of the card."""
        name = self.card or "visa"
        return CARDS.get(name, name)


_ANY: Final = ("expect", "cut", "nth", "times")


class Paper(Strict, frozen=True):
    """One paper that came out of the printer. `duplicate` is the number of its mark, 0 without.

    `says` are pieces of text that stand on it, `lacks` pieces that do not; `whole` is false for
    what the end of the roll or a hand cut off.
    """

    copy: Literal["merchant", "cardholder", "acquirer", "settlement", "fault", "other"]
    duplicate: Whole = 0
    whole: bool = True
    says: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class TerminalBooks(Strict, frozen=True):
    """The terminal's books in the end. What is not given is not looked at.

    A payment reads "1/2 sale approved 12.50": batch, voucher, kind, outcome, amount; a batch
    "1 closed_balanced 1 12.50": number, phase, count, net amount. Both lists are complete, the
    oldest first. `status` names members of the terminal's status.
    """

    payments: tuple[str, ...] | None = None
    batches: tuple[str, ...] | None = None
    status: dict[str, Plain] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [field.name for field in msgspec.structs.fields(Status)]
        strange = [key for key in self.status if key not in names]
        if strange:
            raise ValueError(f"a status has no {strange[0]!r}; allowed: {', '.join(names)}")


class LedgerBooks(Strict, frozen=True):
    """The acquirer's books in the end. What is not given is not looked at.

    A payment reads "1/2 sale approved 12.50", a batch "1 closed 1 12.50". `alerts` are kinds, in
    order. `balances` are accounts with what is on them in major units: `merchant`, `suspense`,
    `clearing`, `hold`, or a whole account name; those of one beginning are added up.
    """

    payments: tuple[str, ...] | None = None
    batches: tuple[str, ...] | None = None
    alerts: tuple[str, ...] | None = None
    balances: dict[str, str] = msgspec.field(default_factory=dict)


class Expected(Strict, frozen=True):
    """What must be true when all steps are done.

    `wire` is everything that was said, in order; sign-on, sign-off and echo are left out unless a
    line begins with 08. `papers` is everything that was printed, in order. `told` are codes that a
    person was told, in order, others between them or not. With `agree` both sides must have the
    same approved payments; with `sound` the books of each must prove right by themselves.
    """

    wire: tuple[str, ...] | None = None
    papers: tuple[Paper, ...] | None = None
    told: tuple[str, ...] = ()
    terminal: TerminalBooks = TerminalBooks()
    ledger: LedgerBooks = LedgerBooks()
    agree: bool = True
    sound: bool = True

    def __post_init__(self) -> None:
        for line in self.wire or ():
            Pattern.parse(line)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Return the lines of `wire`."""
        return tuple(Pattern.parse(line) for line in self.wire or ())


class Scenario(Strict, frozen=True):
    """One file. `covers` names the mistakes, crash points, faults and rules it is about.

    `terminal` and `acquirer` are configured as in their own files. Time passes only when nobody has
    anything to do, so that no timeout is too long; it begins at `begin`, and after `limit_s` the
    scenario has failed. `paper_lines` is the roll in the printer.
    """

    title: str
    covers: tuple[str, ...] = ()
    dialect: str = "iso87"
    begin: datetime = datetime(2026, 3, 14, 2, 15, tzinfo=UTC)
    limit_s: Seconds = 86_400.0
    paper_lines: Whole = 2000
    seed: int = 0
    terminal: Settings = Settings()
    acquirer: Configuration = Configuration()
    step: tuple[Step, ...] = ()
    expect: Expected = Expected()

    def __post_init__(self) -> None:
        if not self.title or "\n" in self.title:
            raise ValueError("the title is one line")
        if not self.step:
            raise ValueError("a scenario has at least one [[step]]")
        strange = [name for name in self.covers if name not in KNOWN]
        if strange:
            raise ValueError(
                f"covers: nothing is called {strange[0]!r}; allowed: {', '.join(KNOWN)}"
            )
        if self.begin.tzinfo is None:
            raise ValueError("begin needs a zone: 2026-03-14T10:15:00+08:00")
        for number, step in enumerate(self.step, 1):
            problem = _amount_problem(step, self.terminal.currency)
            if problem:
                raise ValueError(f"step {number}: {problem}")


def _amount_problem(step: Step, currency: str) -> str:
    try:
        if step.amount:
            Amount.parse(step.amount, currency)
    except ValueError as error:
        return f"{step.amount!r}: {error}"
    return ""


def load_scenario(text: str, source: str) -> Scenario:
    """Read the TOML `text` of the file `source`. Raises SettingsError: path, key, problem."""
    found: Any = {}
    problem = ""
    try:
        found = tomllib.loads(text)
        read = msgspec.convert(found, Scenario)
        cards = read.acquirer.card or default_configuration().card
        acquirer = msgspec.structs.replace(read.acquirer, card=cards)
        return msgspec.structs.replace(read, acquirer=acquirer)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        problem = str(error)
    raise SettingsError(source, *explain(problem, found, Scenario))
