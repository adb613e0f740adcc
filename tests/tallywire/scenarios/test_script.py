"""What is wrong with a scenario's file is said when it is read: where, what, what is allowed."""

from __future__ import annotations

import pytest

from protocol.settings import SettingsError
from tallywire.scenarios.script import load_scenario
from tests.tallywire.scenarios.playing import HEAD, SALE


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        (HEAD, "", "at least one [[step]]"),
        (SALE, "", "missing required field `title`"),
        ("title =", "", "Invalid value"),
        (HEAD + '[[step]]\ndo = "sell"', "step[0].do", "found 'sell'; allowed: sale, void"),
        (HEAD + '[[step]]\ndo = "sale"', "step[0]", "sale needs the key amount"),
        (HEAD + '[[step]]\ndo = "void"', "step[0]", "void needs the key voucher"),
        (HEAD + SALE + 'line = "off"', "step[0]", "sale takes no line; allowed: amount, card"),
        (HEAD + SALE + 'amunt = "1"', "step[0].amunt", "no such key; allowed: do, amount"),
        (HEAD + SALE + 'cut = "T99"', "step[0]", "the power cannot fail at 'T99'; allowed: A1"),
        (HEAD + SALE + 'cut = "SC2"', "step[0]", "the power cannot fail at 'SC2'"),
        (HEAD + SALE + "nth = 0", "step[0].nth", "found 0"),
        (HEAD + SALE + 'expect = { cod = "00" }', "step[0]", "has no 'cod' to expect; allowed"),
        (HEAD + SALE + 'cut = "T1"\nexpect = { code = "00" }', "step[0]", "has no result"),
        (HEAD + '[[step]]\ndo = "sale"\namount = "1,5"', "", "step 1: '1,5': an amount looks"),
        (HEAD + '[[step]]\ndo = "printer"\nline = "jam"', "step[0]", "no control 'jam'; allowed"),
        (HEAD + '[[step]]\ndo = "printer"\nline = "fault x"', "step[0]", "no printer fault is"),
        (
            HEAD + '[[step]]\ndo = "fault"\nfault = { kind = "rain" }',
            "step[0].fault.kind",
            "found 'rain'; allowed: refuse_connect",
        ),
        (HEAD + SALE + '[expect]\nwire = ["20"]', "expect", "begins with four digits"),
        (HEAD + SALE + '[expect]\nwire = ["0200 39=0"]', "expect", "a field looks like F39=00"),
        (
            HEAD + SALE + "[expect.terminal]\nstatus = { moods = 1 }",
            "expect.terminal",
            "a status has no 'moods'; allowed: terminal_id",
        ),
        (HEAD + 'covers = ["T0"]\n' + SALE, "covers", "nothing is called 'T0'; allowed"),
        (HEAD + "begin = 2026-01-01T00:00:00\n" + SALE, "begin", "needs a zone"),
        (HEAD + SALE + "[terminal]\nterminal_id = 1", "terminal.terminal_id", "found 1"),
        (HEAD + SALE + '[acquirer]\nempty_batch = "x"', "acquirer.empty_batch", "allowed: balance"),
    ],
)
def test_wrong_file_is_explained(text: str, key: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_scenario(text, "x.toml")

    assert (key, True) == (raised.value.key, sentence in raised.value.problem), raised.value


def test_acquirer_of_a_scenario_keeps_the_built_in_cards_unless_it_names_some() -> None:
    assert load_scenario(HEAD + SALE, "x.toml").acquirer.card
    given = load_scenario(HEAD + SALE + '[[acquirer.card]]\npan = "4111111111111111"', "x.toml")

    assert ["4111111111111111"] == [card.pan for card in given.acquirer.card]
