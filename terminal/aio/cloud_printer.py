"""A printer behind an MQTT broker: the same port, the same guarantees (`terminal.cloud_printing`).

When may a job be taken as not begun? Only when somebody who must know says so:

    no connection to the broker, no answer to our ask, a cause      QUEUED, blocked      no
    not one byte of the job handed over                             FAILED_CLEAN         no
    the broker acknowledges with a failure, or "no subscriber"      FAILED_CLEAN         no
    the printer reports `refused`                                   FAILED_CLEAN         no
    handed over, and then silence, from the broker or the printer   UNKNOWN              maybe
    `accepted` or `printing`, and then silence                      UNKNOWN              maybe

The retained status is news, never proof: it may be older than the printer's end. So the pre-flight
asks, and believes the answer to its own question only. A job is published once and never again; it
expires at the broker after `accept_s`, so that one nobody took cannot print when it is forgotten.
A report counts when it names a job of ours exactly. What is lost with a connection comes again with
the next one, because reports are retained.

All waiting is by the running loop's clock; nothing here raises.
"""

from __future__ import annotations

import asyncio
import importlib.util
import math
import secrets
from collections import OrderedDict, deque
from dataclasses import replace
from typing import Final

from protocol.settings import SettingsError
from terminal.aio.broker import Broker, BrokerPlan, Delivery, Letter, Problem
from terminal.aio.broker_access import read_access
from terminal.aio.escpos_printer import encode_sheet
from terminal.aio.printer_line import LATE_MAX, SENT_MAX
from terminal.aio.printers import Printable, Readiness
from terminal.cloud_printing import (
    CONTENT_TYPE,
    CloudAddress,
    Progress,
    Report,
    Status,
    cause_of,
    is_news,
    job_name,
    parse_address,
    parse_report,
    parse_status,
    parts_of,
    result_of,
    shown_url,
)
from terminal.configuration import BrokerSettings
from terminal.errors import TerminalError
from terminal.paper import Paper
from terminal.printer_profile import Patience, PrinterProfile
from terminal.printer_status import Cause
from terminal.printing import Interrupted, NothingSent, Result
from terminal.texts import text_of

CLIENT_BYTES: Final = 6
_BROKER_CAUSES: Final = {
    Problem.UNREACHABLE: Cause.BROKER,
    Problem.REFUSED: Cause.BROKER_REFUSED,
    None: Cause.BROKER,
}
_CERTAIN: Final = {
    Delivery.NOT_SENT: Cause.BROKER,
    Delivery.REFUSED: Cause.BROKER_REFUSED,
    Delivery.NOBODY: Cause.OFFLINE,
}
"""What says that certainly nobody has the job, and why."""


def open_cloud_printer(
    url: str, profile: PrinterProfile, patience: Patience, settings: BrokerSettings
) -> CloudPrinter:
    """Return the printer of a URL. Raises SettingsError; TerminalError (L82) without aiomqtt."""
    problem = ""
    try:
        address = parse_address(url)
    except ValueError as error:
        problem = str(error)
    if problem:
        raise SettingsError("printer", shown_url(url), problem)
    if not mqtt_is_installed():
        raise TerminalError("L82", text_of("L82").en)
    client = secrets.token_hex(CLIENT_BYTES)
    plan = BrokerPlan(
        address.host,
        address.port,
        read_access(settings, tls=address.tls),
        client_id=f"tallywire-{client}",
        connect_s=patience.connect_s,
    )
    return CloudPrinter(address, plan, profile, patience, client=client)


def mqtt_is_installed() -> bool:
    """True when the extra is there; loads nothing of it."""
    return importlib.util.find_spec("aiomqtt") is not None


class CloudPrinter:
    """A `Printer` behind a broker; it connects when it is first needed."""

    def __init__(
        self,
        address: CloudAddress,
        plan: BrokerPlan,
        profile: PrinterProfile,
        patience: Patience,
        *,
        client: str,
    ) -> None:
        self.strays = 0
        self._address = address
        self._topics = topics = address.topics
        self._client = client
        self._profile = profile
        self._patience = patience
        self._reports: OrderedDict[str, Report | None] = OrderedDict()
        self._current = ""
        self._late: deque[bytes] = deque(maxlen=LATE_MAX)
        self._status: Status | None = None
        self._asked = b""
        self._answer: Status | None = None
        self._asks = 0
        self._news_taken = 0
        self._away_since: float | None = None
        self._heard_at = 0.0
        topic_names = (topics.status, topics.answers(client), topics.reports(client))
        mine = replace(plan, topics=topic_names, on_letter=self._take, on_lost=self._lost)
        self._broker = Broker(mine)
        self._pulse = self._broker.pulse

    @property
    def name(self) -> str:
        """See Printer."""
        return self._address.url

    @property
    def paper(self) -> Paper:
        """See Printer."""
        return self._profile.paper

    async def preflight(self) -> Readiness:
        """See Printer."""
        self._news_taken = self._pulse.news
        if not await self._broker.connect():
            return Readiness(_BROKER_CAUSES[self._broker.problem])
        return await self._ask()

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        job = job_name(self._client, sheet.process_id)
        letter = Letter(
            self._topics.jobs,
            encode_sheet(sheet, self._profile),
            correlation=job.encode(),
            response_topic=self._topics.reports(self._client, job),
            content_type=CONTENT_TYPE,
            expiry_s=math.ceil(self._patience.accept_s),
        )
        self._expect(job)
        delivery = await self._broker.publish(letter, self._patience.accept_s)
        if delivery in _CERTAIN:
            del self._reports[job]
            result: Result = NothingSent(_CERTAIN[delivery])
        else:
            result = await self._outcome(job)
        self._current = ""
        return result

    async def changed(self) -> None:
        """See Printer. A late report waits at the broker, so the connection is made again."""
        if self._pulse.news == self._news_taken:
            if self._broker.connected:
                await self._pulse.wait(self._now() + self._patience.recheck_s)
            else:
                pause_s = max(self._broker.pause_s, self._patience.retry_s)
                await self._pulse.wait(self._now() + pause_s)
                await self._broker.connect()
        self._news_taken = self._pulse.news

    def take_late(self) -> list[bytes]:
        """See Printer."""
        late = list(self._late)
        self._late.clear()
        return late

    async def close(self) -> None:
        """See Printer."""
        await self._broker.close()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _ask(self) -> Readiness:
        """Ask how it is, and believe nothing but the answer to this question."""
        self._asks += 1
        self._asked, self._answer = f"{self._client}-{self._asks}".encode(), None
        letter = Letter(
            self._topics.asks,
            correlation=self._asked,
            response_topic=self._topics.answers(self._client),
            expiry_s=math.ceil(self._patience.accept_s),
        )
        delivery = await self._broker.publish(letter, self._patience.answer_s)
        if delivery is not Delivery.DELIVERED:
            return Readiness(_CERTAIN.get(delivery, Cause.BROKER))
        # Who answers may first have to connect to the printer and ask it in turn.
        until = self._now() + self._patience.connect_s + self._patience.answer_s
        while self._answer is None and self._broker.connected and self._now() < until:
            await self._pulse.wait(until)
        if self._answer is None:
            return Readiness(Cause.OFFLINE if self._broker.connected else Cause.BROKER)
        return _readiness(self._answer)

    def _expect(self, job: str) -> None:
        self._current, self._heard_at = job, self._now()
        self._reports[job] = None
        while len(self._reports) > SENT_MAX:
            self._reports.popitem(last=False)

    async def _outcome(self, job: str) -> Result:
        """Wait until the fate of the job is known, or patience ends."""
        while True:
            known = result_of(self._reports[job])
            if known is not None:
                return known
            until = self._give_up_at(self._reports[job])
            if self._now() >= until:
                return Interrupted()
            if self._broker.connected or await self._broker.connect():
                await self._pulse.wait(until)
            else:
                await self._pulse.wait(min(until, self._now() + self._broker.pause_s))

    def _give_up_at(self, report: Report | None) -> float:
        """Who has the job may take its time with it; who has gone is waited for a little."""
        patience = self._patience
        until = self._heard_at + patience.accept_s + (patience.confirm_s if report else 0.0)
        if self._away_since is not None:
            until = min(until, self._away_since + patience.late_grace_s)
        return until

    def _take(self, letter: Letter) -> None:
        """Take what the broker brings, the moment it comes."""
        if letter.topic == self._topics.status:
            self._take_status(parse_status(letter.payload))
        elif letter.topic == self._topics.answers(self._client):
            self._take_answer(letter)
        else:
            self._take_report(parse_report(letter.payload, letter.correlation))
        self._pulse.ring()

    def _take_status(self, status: Status | None) -> None:
        if status is None:
            self.strays += 1
            return
        if status != self._status:
            self._status = status
            self._pulse.news += 1
        if status.online:
            self._away_since = None
        else:
            self._away_since = self._away_since or self._now()

    def _take_answer(self, letter: Letter) -> None:
        answer = parse_status(letter.payload)
        if answer is None or letter.correlation != self._asked:
            self.strays += 1
        else:
            self._answer = answer

    def _take_report(self, report: Report | None) -> None:
        if report is None or report.job not in self._reports:
            self.strays += 1
            return
        if not is_news(report, self._reports[report.job]):
            return
        self._reports[report.job] = report
        if report.job == self._current:
            self._heard_at = self._now()
        elif report.progress is Progress.PRINTED:
            parts = parts_of(report.job)
            assert parts is not None
            self._late.append(parts[1])
            self._pulse.news += 1

    def _lost(self) -> None:
        self._away_since = self._away_since or self._now()
        self._pulse.news += 1


def _readiness(status: Status) -> Readiness:
    if not status.online:
        return Readiness(Cause.OFFLINE)
    cause = cause_of(status.cause, Cause.OFFLINE) if status.cause else None
    warning = cause_of(status.warning, Cause.NEAR_END) if status.warning else None
    return Readiness(cause, warning)
