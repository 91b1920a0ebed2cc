"""A run's report: for machines as JSON, for people as Markdown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from publisher.record.summary import Delivery, Summary

SCHEMA = 1


def document(run_id: str, summary: Summary) -> dict[str, object]:
    """Return what the report says, as JSON holds it; times in seconds, sizes in bytes."""
    return {
        "schema": SCHEMA,
        "run": run_id,
        "started": summary.started.isoformat() if summary.started else None,
        "seconds": round(summary.seconds, 3),
        "ended": summary.ended,
        "facts": dict(summary.facts),
        "answer": dict(summary.answer),
        "steps": [asdict(step) for step in summary.steps],
        "deliveries": [asdict(it) | {"rate": it.rate} for it in summary.deliveries],
        "bytes": sum(it.size for it in summary.deliveries if it.rate is not None),
        "decisions": [
            {
                "seconds": entry.seconds,
                "what": entry.event.what,
                "artifact": entry.event.artifact,
                "target": entry.event.target,
                "facts": dict(entry.event.facts),
            }
            for entry in summary.decisions
        ],
    }


def markdown(run_id: str, summary: Summary) -> str:
    """Return the report as people read it."""
    return "\n".join(_lines(run_id, summary)) + "\n"


def _lines(run_id: str, summary: Summary) -> Iterator[str]:
    started = f"{summary.started:%Y-%m-%d %H:%M:%S} UTC" if summary.started else "unknown"
    yield f"# Publishing, run {run_id}"
    yield ""
    yield f"- ended: **{_cell(summary.ended)}**"
    yield f"- started: {started}; it took {summary.seconds:.1f} s"
    for key, value in {**summary.facts, **summary.answer}.items():
        if key != "ended":
            yield f"- {_cell(key)}: {_cell(_shown(value))}"
    yield from _section("Steps", ("step", "target", "seconds", "ended"), _steps(summary))
    yield from _section(
        "Uploads",
        ("file", "target", "size", "attempts", "seconds", "rate", "ended"),
        map(_upload, summary.deliveries),
    )
    yield from _section(
        "Seconds from the upload until it was seen",
        ("file", "target", "JSON API", "simple API", "installed"),
        _seen(summary),
    )
    yield from _section("Decisions", ("decision", "file", "target", "because"), _decisions(summary))


def _section(title: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table under a heading; nothing at all where it has no row."""
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    if lines:
        yield from ("", f"## {title}", "")
        yield "| " + " | ".join(names) + " |"
        yield "|" + "---|" * len(names)
        yield from lines


def _steps(summary: Summary) -> Iterator[Sequence[str]]:
    for step in summary.steps:
        what = f"{step.what} {step.tag}".strip()
        yield what, step.target, _seconds(step.seconds), step.ended


def _upload(it: Delivery) -> Sequence[str]:
    rate = "" if it.rate is None else f"{size(round(it.rate))}/s"
    whole = size(it.size)
    return it.artifact, it.target, whole, str(it.attempts), _seconds(it.seconds), rate, it.ended


def _seen(summary: Summary) -> Iterator[Sequence[str]]:
    for it in summary.deliveries:
        if it.lag is not None:
            seen = it.lag.json, it.lag.simple, it.lag.installable
            yield it.artifact, it.target, *map(_seconds, seen)


def _decisions(summary: Summary) -> Iterator[Sequence[str]]:
    for entry in summary.decisions:
        event = entry.event
        facts = "; ".join(f"{key}: {_shown(value)}" for key, value in event.facts.items())
        yield event.what, event.artifact, event.target, facts


def _seconds(value: float | None) -> str:
    return "not seen" if value is None else f"{value:.1f}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    return str(value)


def _cell(text: str) -> str:
    """Return *text* as it stands in a cell: file names and answers of servers are anybody's."""
    for sign in ("\\", "|", "<", "`", "*", "[", "_"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
