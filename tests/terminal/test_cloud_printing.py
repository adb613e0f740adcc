from __future__ import annotations

import msgspec
import pytest

from terminal.cloud_printing import (
    RANK,
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
    report_of,
    result_of,
    shown_url,
)
from terminal.printer_status import Cause
from terminal.printing import (
    TRANSITIONS,
    Confirmed,
    Failed,
    Interrupted,
    JobState,
    NothingSent,
    Result,
    Unconfirmed,
)

JOB = "c0ffee00-20202031"


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "root"),
    [
        ("mqtt://broker/shop/till", "broker", 1883, False, "shop/till"),
        ("mqtt://10.0.0.7:2883/a/b/c.d_e-f", "10.0.0.7", 2883, False, "a/b/c.d_e-f"),
        ("mqtts://broker.example/shop/till", "broker.example", 8883, True, "shop/till"),
        ("mqtts://[::1]:9/shop/till", "::1", 9, True, "shop/till"),
    ],
)
def test_address_is_read_from_its_url(
    *, url: str, host: str, port: int, tls: bool, root: str
) -> None:
    address = parse_address(url)

    assert (host, port, tls, root) == (
        address.host,
        address.port,
        address.tls,
        address.topics.root,
    )
    assert address == parse_address(address.url)


@pytest.mark.parametrize(
    "url",
    [
        "mqtt://broker",
        "mqtt://broker/till",
        "mqtt:///shop/till",
        "mqtt://broker:0/shop/till",
        "mqtt://broker:65536/shop/till",
        "mqtt://broker/shop/till/",
        "mqtt://broker/shop//till",
        "mqtt://broker/shop/+",
        "mqtt://broker/shop/#",
        "mqtt://broker/$SYS/till",
        "mqtt://broker/shop/till?x=1",
        "mqtt://broker/shop/" + "t" * 200,
        "tcp://broker:1883",
    ],
)
def test_what_names_no_printer_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PREFIX/PRINTER"):
        parse_address(url)


def test_login_in_a_url_is_refused_and_not_repeated() -> None:
    """A URL is shown, logged and printed on configuration slips."""
    url = "mqtt://shop:s3cr@t@broker/shop/till"

    with pytest.raises(ValueError, match="never in the URL") as refused:
        parse_address(url)

    assert "s3cr" not in str(refused.value)
    assert "mqtt://***@broker/shop/till" == shown_url(url)


def test_topics_of_a_printer() -> None:
    topics = parse_address("mqtt://broker/shop/till").topics

    assert [
        "shop/till/status",
        "shop/till/asks",
        "shop/till/jobs",
        "shop/till/answers/c0ffee00",
        f"shop/till/reports/c0ffee00/{JOB}",
        "shop/till/reports/c0ffee00/+",
    ] == [
        topics.status,
        topics.asks,
        topics.jobs,
        topics.answers("c0ffee00"),
        topics.reports("c0ffee00", JOB),
        topics.reports("c0ffee00"),
    ]


def test_name_of_a_job_tells_its_parts() -> None:
    assert JOB == job_name("c0ffee00", b"   1")
    assert ("c0ffee00", b"   1") == parts_of(JOB)


@pytest.mark.parametrize("name", ["", "c0ffee00", "C0FFEE00-20202031", f"{JOB}/x", f"{JOB}\n"])
def test_name_of_no_job_has_no_parts(name: str) -> None:
    assert parts_of(name) is None


def test_report_survives_the_wire() -> None:
    report = Report(job=JOB, progress=Progress.FAILED, cause="L32")

    assert report == parse_report(msgspec.json.encode(report), JOB.encode())


@pytest.mark.parametrize(
    ("payload", "correlation"),
    [
        (b'{"job":"c0ffee00-20202031","progress":"printed"}', b"c0ffee00-20202032"),
        (b'{"job":"c0ffee00-20202031","progress":"printed"}', b""),
        (b'{"job":"c0ffee00-20202031","progress":"eaten"}', JOB.encode()),
        (b'{"progress":"printed"}', JOB.encode()),
        (b"printed", JOB.encode()),
        (b"\xff\xfe", JOB.encode()),
        (b"", JOB.encode()),
    ],
)
def test_report_that_does_not_name_its_job_is_none(payload: bytes, correlation: bytes) -> None:
    """A wrong correlation is never believed, whatever it says."""
    assert parse_report(payload, correlation) is None


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"online":"yes"}', b"[]", b"\xff"])
def test_garbage_is_no_status(payload: bytes) -> None:
    assert parse_status(payload) is None


def test_status_survives_the_wire() -> None:
    status = Status(online=True, cause="L32", warning="L33")

    assert status == parse_status(msgspec.json.encode(status))


@pytest.mark.parametrize(
    ("progress", "result"),
    [
        (Progress.ACCEPTED, None),
        (Progress.PRINTING, None),
        (Progress.REFUSED, NothingSent(Cause.PAPER_OUT)),
        (Progress.PRINTED, Confirmed()),
        (Progress.UNCONFIRMED, Unconfirmed()),
        (Progress.FAILED, Failed(Cause.PAPER_OUT)),
        (Progress.UNKNOWN, Interrupted()),
    ],
)
def test_every_report_is_an_event_of_the_machine_or_none(
    progress: Progress, result: Result | None
) -> None:
    found = result_of(Report(job=JOB, progress=progress, cause="L32"))

    assert result == found
    assert found is None or type(found) in TRANSITIONS[JobState.SENDING]


def test_silence_is_no_result() -> None:
    assert result_of(None) is None


@pytest.mark.parametrize(
    "result",
    [
        Confirmed(),
        Unconfirmed(),
        NothingSent(Cause.COVER_OPEN),
        Failed(Cause.CUTTER),
        Interrupted(),
    ],
)
def test_what_the_bridge_reports_is_what_the_terminal_is_told(result: Result) -> None:
    assert result == result_of(report_of(JOB, result))


def test_cause_that_no_terminal_knows_is_one_it_does() -> None:
    """A newer bridge may know more causes than this terminal."""
    assert Failed(Cause.UNKNOWN) == result_of(
        Report(job=JOB, progress=Progress.FAILED, cause="L999")
    )
    assert Cause.OFFLINE is cause_of("", Cause.OFFLINE)


def test_old_report_is_no_news() -> None:
    """Retained reports come again with every connection; nothing takes a paper back."""
    reports = {one: Report(job=JOB, progress=one) for one in Progress}

    assert set(Progress) == set(RANK)
    for known in Progress:
        news = {one for one in Progress if is_news(reports[one], reports[known])}
        assert {one for one in Progress if RANK[one] > RANK[known]} == news
    assert is_news(reports[Progress.PRINTED], reports[Progress.FAILED])
    assert not is_news(reports[Progress.UNKNOWN], reports[Progress.PRINTED])
