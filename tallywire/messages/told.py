"""A diagnosis told to a person: what fits, what nearly does, and why the rest does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from protocol.doctor import NO_FRAMING, Diagnosis, Finding


def diagnosis_lines(diagnosis: Diagnosis, source: str) -> Iterator[str]:
    """Yield the whole account."""
    fitting = diagnosis.fitting
    nearly = [one for one in diagnosis.findings if one.nearly]
    yield f"{diagnosis.size} bytes."
    for title, found in (("fits", fitting), ("nearly fits", nearly if not fitting else ())):
        for finding in found:
            yield ""
            yield f"{title}: {_way(finding)}"
            yield f"  {_content(finding)}"
            if finding.reason:
                yield f"  {finding.reason}"
    if fitting:
        yield from _next_steps(fitting[0], source)
    yield ""
    yield "does not fit:"
    yield from (f"  {line}" for line in _failures(diagnosis))


def _way(finding: Finding) -> str:
    framing = "no length header" if finding.framing == NO_FRAMING else f"length {finding.framing}"
    header = "no header" if finding.header == "none" else finding.header
    return f"{framing}; {header}; {finding.dialect}"


def _content(finding: Finding) -> str:
    fields = " ".join(f"F{number}" for number in finding.fields)
    first = f"the first of {finding.frames} messages: " if finding.frames > 1 else ""
    opinion = f"; {finding.opinion}" if finding.opinion else ""
    return f"{first}MTI {finding.mti} with {fields or 'no field'}{opinion}"


def _next_steps(finding: Finding, source: str) -> Iterator[str]:
    framing = finding.framing.replace(", inclusive", "-inclusive")
    dialect = finding.dialect
    if finding.toml or not finding.usual:
        dialect = "own.toml"
        yield ""
        yield "The dialect as a file, own.toml:"
        yield from (f"  {line}" for line in _toml(finding).splitlines())
    yield ""
    yield f"Read it: tallywire message describe {source} --dialect {dialect} --framing {framing}"


def _toml(finding: Finding) -> str:
    text = finding.toml or f'base = "{finding.dialect}"\nname = "own"\n'
    if finding.usual:
        return text
    return f"{text}[header]\n{finding.header_toml}"


def _failures(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield each framing that cannot be, and for each dialect how far the best try came."""
    for cut in diagnosis.framings:
        yield f"length {cut.name}: {cut.problem}"
    told = {one.dialect for one in diagnosis.findings if one.fits}
    for finding in diagnosis.findings:
        if finding.dialect not in told:
            told.add(finding.dialect)
            yield f"{_way(finding)}: {finding.reason}"


def diagnosis_record(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the diagnosis as JSON can hold it, with the best try of each dialect."""
    best: dict[str, Finding] = {}
    for finding in diagnosis.findings:
        best.setdefault(finding.dialect, finding)
    others = [one for one in best.values() if not one.fits]
    return {
        "size": diagnosis.size,
        "fits": [_record(one) for one in diagnosis.fitting],
        "does_not_fit": [_record(one) for one in others],
        "framings": {cut.name: cut.problem for cut in diagnosis.framings},
    }


def _record(finding: Finding) -> dict[str, Any]:
    record: dict[str, Any] = {
        "framing": finding.framing,
        "header": finding.header,
        "dialect": finding.dialect,
        "mti": finding.mti,
        "fields": list(finding.fields),
        "messages": finding.frames,
        "reason": finding.reason,
        "pyiso8583": finding.opinion,
    }
    return {key: value for key, value in record.items() if value not in ("", [])}
