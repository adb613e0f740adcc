from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal.aio.people import People
from terminal.aio.staff import Staff
from terminal.errors import NotPermitted
from terminal.orders import Order, What
from terminal.people import Act, PeopleRules
from tests.terminal.till import QUICK, Till, everything_in, open_till, visa, yuan

STAFFED = replace(QUICK, people=PeopleRules(on=True, idle_s=3600))
MARY, BOSS, ROOT = ("01", "4711"), ("00", "471147"), ("99", "47114711")
DEFAULTS = {"01": "0000", "00": "123456", "99": "12345678"}


async def open_staffed(path: str = ":memory:", idle_s: float = 3600) -> Till:
    """Open a till whose people have passwords of their own."""
    till = await open_till(
        settings=replace(QUICK, people=PeopleRules(on=True, idle_s=idle_s)), path=path
    )
    for number, password in (MARY, BOSS, ROOT):
        await till.terminal.people.login(number, DEFAULTS[number])
        await till.terminal.staff.change_password(DEFAULTS[number], password)
    await till.terminal.people.logout()
    return till


async def code_of(people: People, act: Act) -> str:
    try:
        await people.admit(act)
    except NotPermitted as error:
        return error.code
    return ""


async def wrong(people: People, number: str, times: int = 1) -> list[str]:
    codes = []
    for _ in range(times):
        try:
            await people.login(number, "9" * 8)
        except NotPermitted as error:
            codes.append(error.code)
    return codes


@pytest.mark.asyncio
async def test_nobody_is_asked_and_nothing_written_while_people_are_off() -> None:
    till = await open_till()

    assert "01" == await till.terminal.people.admit(Act.FORCE_CLOSE)
    assert () == await till.terminal.people.audit.newest(10)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_default_password_is_good_for_being_changed_alone() -> None:
    """Defaults are changed by force."""
    till = await open_till(settings=STAFFED)
    people = till.terminal.people
    await people.login("01", "0000")

    assert "L77" == await code_of(people, Act.SELL)
    await till.terminal.staff.change_password("0000", "4711")
    assert "" == await code_of(people, Act.SELL)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_three_wrong_tries_lock_over_a_restart(tmp_path: Path) -> None:
    """REQ 000-17: the lock is on disk; the right password does not open it."""
    path = str(tmp_path / "terminal.db")
    till = await open_staffed(path)
    assert ["L75"] * 2 == await wrong(till.terminal.people, "01", 2)
    await till.pull_plug()

    till = await open_till(settings=STAFFED, path=path)
    assert ["L75", "L76"] == await wrong(till.terminal.people, "01", 2)
    with pytest.raises(NotPermitted, match="L76"):
        await till.terminal.people.login(*MARY)
    await till.terminal.people.login(*BOSS)
    await till.terminal.staff.unlock("01")
    await till.terminal.people.login(*MARY)
    assert await till.terminal.verify() == ()
    await till.terminal.close()


@pytest.mark.asyncio
async def test_right_password_forgets_the_wrong_ones() -> None:
    till = await open_staffed()
    for _ in range(2):
        assert ["L75"] * 2 == await wrong(till.terminal.people, "01", 2)
        await till.terminal.people.login(*MARY)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_power_cut_while_a_password_is_looked_at_uses_up_a_try(tmp_path: Path) -> None:
    """The try is on disk first: pulling the plug does not give endless guesses."""
    path = str(tmp_path / "terminal.db")
    till = await open_staffed(path)
    people = till.terminal.people
    await wrong(people, "01")

    found = await people.find("01")

    assert found is not None
    assert 1 == found.tries
    rows = await till.database.fetch("SELECT fact FROM entry ORDER BY sequence DESC LIMIT 2")
    assert [("Audited",), ("PasswordTried",)] == rows
    await till.terminal.close()


@pytest.mark.asyncio
async def test_session_ends_by_idling() -> None:
    """Each look at the clock of a till is a second later."""
    till = await open_staffed(idle_s=40)
    await till.terminal.people.login(*MARY)
    assert "" == await code_of(till.terminal.people, Act.SELL)

    for _ in range(60):
        till.terminal._desk.now()

    assert "L78" == await code_of(till.terminal.people, Act.SELL)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_payment_and_receipt_name_whoever_logged_in() -> None:
    till = await open_staffed()
    await till.terminal.people.login(*ROOT)
    await till.terminal.staff.add("07")
    await till.terminal.people.login("07", "0000")
    await till.terminal.staff.change_password("0000", "8642")

    await till.terminal.sale(yuan(), visa())

    rows = await till.database.fetch("SELECT operator FROM payment")
    assert [("07",)] == rows
    receipt = await till.terminal.clerk.find(Order(what=What.LAST))
    assert "OPERATOR): 07" in await till.terminal.clerk.preview(receipt)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_forced_close_takes_two_who_both_prove_who_they_are() -> None:
    """The two-person rule."""
    till = await open_staffed()
    people = till.terminal.people
    await people.login(*BOSS)

    assert "L79" == await code_of(people, Act.FORCE_CLOSE)
    with pytest.raises(NotPermitted, match="L75"):
        await people.admit(Act.FORCE_CLOSE, second="99", second_password="1")
    with pytest.raises(NotPermitted, match="L79"):
        await people.admit(Act.FORCE_CLOSE, second="00", second_password=BOSS[1])
    await people.admit(Act.FORCE_CLOSE, "batch 000001", second="99", second_password=ROOT[1])

    line = (await people.audit.newest(1))[0]
    assert ("00", "99", "force-close", "ok") == (line.operator, line.second, line.act, line.outcome)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_refusals_are_in_the_log_and_the_log_is_checked() -> None:
    till = await open_staffed()
    await till.terminal.people.login(*ROOT)
    await code_of(till.terminal.people, Act.SELL)

    line = (await till.terminal.people.audit.newest(1))[0]

    assert ("99", "sell", "L07") == (line.operator, line.act, line.outcome)
    assert await till.terminal.verify() == ()
    await till.database.script(
        "DROP TRIGGER audit_is_never_updated;UPDATE audit SET outcome = 'L99' WHERE number = 3;"
    )
    assert "audit" in {found.where for found in await till.terminal.verify()}
    await till.terminal.close()


@pytest.mark.asyncio
async def test_people_stay_on_whatever_a_later_start_says(tmp_path: Path) -> None:
    path = str(tmp_path / "terminal.db")
    till = await open_staffed(path)
    await till.terminal.close()

    till = await open_till(path=path)

    assert till.terminal.people.on
    await till.terminal.people.login(*ROOT)
    await till.terminal.staff.switch_off()
    await till.terminal.close()
    till = await open_till(path=path)
    assert not till.terminal.people.on
    await till.terminal.close()


@pytest.mark.asyncio
async def test_supervisor_manages_cashiers_alone_and_nobody_removes_the_last_two() -> None:
    till = await open_staffed()
    people, staff = till.terminal.people, Staff(till.terminal.people)
    await people.login(*BOSS)
    await staff.add("07")

    for attempt, code in (
        (staff.add("07"), "L86"),
        (staff.add("7"), "L86"),
        (staff.reset("99"), "L07"),
        (staff.remove("99"), "L86"),
        (staff.remove("08"), "L86"),
        (staff.switch_off(), "L07"),
    ):
        with pytest.raises(NotPermitted, match=code):
            await attempt
    await staff.remove("07")
    assert ["00", "01", "99"] == [one.number for one in await people.operators()]
    await till.terminal.close()


@pytest.mark.asyncio
async def test_reset_password_must_be_changed_again() -> None:
    till = await open_staffed()
    await till.terminal.people.login(*BOSS)
    await till.terminal.staff.reset("01")

    await till.terminal.people.login("01", "0000")

    assert "L77" == await code_of(till.terminal.people, Act.SELL)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_no_password_is_in_the_file(tmp_path: Path) -> None:
    """REQ 000-17: raw bytes of the database."""
    till = await open_staffed(str(tmp_path / "terminal.db"))
    await till.terminal.close()

    stored = everything_in(tmp_path)

    assert not [password for _, password in (BOSS, ROOT) if password.encode() in stored]
