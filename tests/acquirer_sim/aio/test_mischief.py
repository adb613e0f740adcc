"""Every fault of the catalogue, switched on by a file, against a real host over a real socket."""

from __future__ import annotations

from typing import Final

import pytest

from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.running import Start
from acquirer_sim.configuration import load_configuration
from acquirer_sim.faults import FAULTS, Fault, FaultKind, load_faults
from acquirer_sim.settings import RequestName
from tests.acquirer_sim.aio.catalogue import ROWS, Row
from tests.acquirer_sim.aio.terminals import CODEC, DIALECT, hosting, port_of
from tests.acquirer_sim.aio.wiretap import HANGS_S, Wiretap
from tests.acquirer_sim.asking import (
    purchase,
    reversal,
    sign_on,
)


def name_of(row: Row) -> str:
    return f"{row.code} {row.plan}".replace("\n", " ")


@pytest.mark.asyncio
@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_fault_does_what_the_catalogue_says(row: Row) -> None:
    """From a file, over a socket; and it is told, once for each strike."""
    events: list[HostEvent] = []
    plan = load_faults(f"[[fault]]\n{row.plan}", "faults.toml")
    async with hosting(Start(port=0, faults=plan), events) as host:
        tap = Wiretap(port_of(host), DIALECT, CODEC)
        tap.patience_s = HANGS_S if row.quiet else tap.patience_s
        for asked in row.ask:
            await tap.ask(*(asked if isinstance(asked, tuple) else (asked,)))
        await tap.close()

    assert row.comes == ", ".join(tap.words)
    assert not tap.heard or row.last(tap.heard[-1])
    told = [event.fault for event in events if event.fault is not None]
    assert (0 if row.waits else plan.fault[0].times) == len(told)
    assert all(plan.fault[0].kind.value == one.kind for one in told)
    assert all(row.code in one.code.split(", ") for one in told)


def test_every_code_of_the_catalogue_is_tried() -> None:
    codes = {code for facts in FAULTS.values() for code in facts.code.split(", ")}
    network, host = {f"N{n}" for n in range(1, 20)}, {f"H{n}" for n in range(1, 21)}

    assert network | host == codes
    assert codes == {row.code for row in ROWS}
    assert {kind.value for kind in FAULTS} == {
        load_faults(f"[[fault]]\n{row.plan}", "faults.toml").fault[0].kind.value for row in ROWS
    }


RULES: Final = """
[[rule]]
minor = 100
code = "61"

[[rule]]
request = "reversal"
code = "96"
first = 1

[[rule]]
request = "sign_on"
answer_batch = "000777"

[[rule]]
minor = 200
delay_s = 0.01

[[rule]]
minor = 300
fault = "lost"
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("ledger", ["memory:", "none:"])
async def test_rules_answer_on_the_wire(ledger: str) -> None:
    """A code for payments and for others, another batch, a delay, and a fault of its own."""
    events: list[HostEvent] = []
    start = Start(
        port=0,
        ledger=ledger,
        configuration=load_configuration(RULES, "rules.toml"),
        faults=load_faults('[[fault]]\nkind="drop_reply"\nname="lost"\ntimes=9', "faults.toml"),
    )
    async with hosting(start, events) as host:
        tap = Wiretap(port_of(host), DIALECT, CODEC)
        for asked in (
            (purchase(1, 100),),
            (purchase(2, 200), purchase(3, 201)),
            (),
            (purchase(4, 300),),
            (reversal(3, 201),),
            (reversal(3, 201),),
            (sign_on(),),
        ):
            await tap.ask(*asked)
        await tap.close()

    assert "0210 61, 0210 00, 0210 00, 0410 96, 0410 00, 0810 00" == ", ".join(tap.words)
    assert ["000001", "000003", "000002"] == [reply.get(11) for reply in tap.heard[:3]]
    assert "000777" == tap.heard[-1].get(60)
    assert [("lost", "000004")] == [
        (one.fault.name, one.fault.stan) for one in events if one.fault is not None
    ]


@pytest.mark.asyncio
async def test_faults_are_added_listed_and_removed_while_the_host_runs() -> None:
    """And what was expected and did not happen is told at the end."""
    events: list[HostEvent] = []
    async with hosting(Start(port=0), events) as host:
        tap = Wiretap(port_of(host), DIALECT, CODEC)
        await tap.ask(purchase(1))
        cut = host.add_fault(Fault(kind=FaultKind.CUTOVER, request=RequestName.PAYMENT, times=9))
        host.add_fault(Fault(kind=FaultKind.RESTART, name="never", mti="0500", expect=1))
        await tap.ask(purchase(2))
        standing = [(one.id, one.struck, one.cleared) for one in host.faults()]
        removed = [host.remove_fault(cut), host.remove_fault(cut)]
        await tap.ask(purchase(3))
        await tap.close()

    assert ["0210 00", "0210 90", "0210 00"] == tap.words
    assert [(1, 1, False), (2, 0, False)] == standing
    assert [True, False] == removed
    assert ["fault", "unmet"] == [event.kind for event in events]
    assert "restart never struck 0 times of 1 expected" == events[-1].text


@pytest.mark.asyncio
async def test_host_without_rules_and_faults_asks_nothing() -> None:
    async with hosting(Start(port=0)) as host:
        assert [] == host.faults()
        assert not host.remove_fault(1)
        assert host.misbehaves is False
