"""The row of what the host wishes, drawn from its fact."""

from __future__ import annotations

from terminal.projections import Statement, projects
from terminal.wishes import NOTHING, HostWished


@projects(HostWished)
def host_wished(fact: HostWished, at: str) -> list[Statement]:
    """The newest wish is the only one."""
    if fact.wish == NOTHING:
        return [("DELETE FROM host_wish", ())]
    sql = "INSERT OR REPLACE INTO host_wish (id, wish, since) VALUES (1, ?, ?)"
    return [(sql, (fact.wish, at))]
