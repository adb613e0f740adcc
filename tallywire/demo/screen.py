"""What the audience sees: chapters, sentences, a progress bar, one last table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tallywire.demo.books import Books

T = TypeVar("T")

WIDTH_MAX: Final = 88
WHO_WIDTH: Final = 11

MARKS: Final = {True: Text("equal", style="green"), False: Text("DIFFERENT", style="bold red")}


class Screen:
    """One console; narrow enough to be read aloud from."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = min(self.console.width, WIDTH_MAX)

    def title(self, text: str, under: str) -> None:
        """Begin."""
        self.console.print()
        self.console.print(Text(text, style="bold"))
        self.console.print(Text(under, style="dim"))

    def chapter(self, number: int, title: str, story: str) -> None:
        """Begin a chapter: what is about to happen, in words for everybody."""
        self.console.print()
        self.console.print(Text(f" {number} ", style="bold reverse"), Text(title, style="bold"))
        self.console.print(Text(story, style="dim"))

    def fact(self, who: str, what: str, *, good: bool | None = None) -> None:
        """Tell one thing that was seen to happen."""
        style = {True: "green", False: "yellow", None: ""}[good]
        row = Table.grid(padding=(0, 1))
        row.add_column(width=WHO_WIDTH, style="cyan")
        row.add_column()
        row.add_row(f"  {who}", Text(what, style=style))
        self.console.print(row)

    def paper(self, lines: Sequence[str]) -> None:
        """Show a piece of paper as it came out."""
        self.console.print()
        for line in lines:
            self.console.print(Text(f"     │ {line}", style="dim"))
        self.console.print()

    def progress(self, what: str, items: Sequence[T]) -> Iterator[T]:
        """Yield items while a bar fills."""
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=40),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=False) as bar:
            yield from bar.track(items, description=what)

    def books(self, books: Books) -> None:
        """Show both sides beside each other."""
        table = Table(box=None, pad_edge=False, padding=(0, 2), header_style="dim")
        for header, justify in (("", "left"), ("terminal", "right"), ("acquirer", "right")):
            table.add_column(header, justify=justify)  # type: ignore[arg-type]  # the two words above: rich wants a Literal, because it types its columns so
        table.add_column("")
        for line in books.lines:
            table.add_row(line.name, line.terminal, line.acquirer, MARKS[line.equal])
        nothing_owed = books.paper_owed == 0
        mark = Text("none", style="green") if nothing_owed else Text("OWED", style="bold red")
        table.add_row("paper still owed", str(books.paper_owed), "", mark)
        self.console.print()
        self.console.print(table)
        self.list(books.differences)

    def list(self, lines: Iterable[str]) -> None:
        """Name differences, one on a line."""
        for line in lines:
            self.console.print(Text(f"  {line}", style="bold red"))

    def verdict(self, *, agree: bool, where: str) -> None:
        """End."""
        self.console.print()
        if agree:
            self.console.print(
                Text("The books agree. Nothing was lost, nothing was doubled.", "bold green")
            )
        else:
            self.console.print(Text("The books do not agree.", style="bold red"))
        self.console.print(Text(f"Receipts, slips, databases and logs are in {where}", style="dim"))
