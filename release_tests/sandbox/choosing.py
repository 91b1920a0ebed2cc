"""On which Pythons a wheel is tried: the lowest and the highest here, or those that are listed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.tags import platform_tags, sys_tags

from release_tests.sandbox.interpreter import Interpreter, Wanted, found_here, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.tags import Tag

_MINORS = range(9, 21)  # what virtualenv makes with pip; unknown newer ones are not found
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class NoInterpreter:
    """Why a wheel cannot be tried on this machine; nothing follows about the wheel.

    ``elsewhere`` is what machine could try it, empty where no other could either.
    """

    reason: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The Pythons that a wheel is tried on, the lowest first.

    ``missing`` are versions that the policy lists and the wheel is for, but which this machine
    lacks; ``unfit`` those that the policy lists and the wheel is not for.
    """

    interpreters: tuple[Interpreter, ...]
    missing: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()


Finder = Callable[[Wanted, SpecifierSet], Interpreter | None]


def choose(
    tags: frozenset[Tag],
    requires_python: str = "",
    listed: Sequence[str] | None = None,
    find: Finder = found_here,
) -> Choice | NoInterpreter:
    """Choose the interpreters for a wheel with these tags, or say why there is none.

    *listed* are the versions that the policy asks for, as in ``3.13``; without them it is the
    lowest and the highest that *find* finds. A Requires-Python that is no version specifier
    forbids nothing.
    """
    if foreign := _foreign_platform(tags):
        return NoInterpreter(foreign, f"a machine for {_shown({tag.platform for tag in tags})}")
    admitted = _specifier(requires_python)
    if listed is not None:
        wanted = sorted({Wanted.spoken(words) for words in listed})
        fitting = _fitting(wanted, tags, admitted)
        unlisted = NoInterpreter(_unlisted(tags, requires_python, listed))
        return _listed(wanted, fitting, admitted, find) or unlisted
    fitting = _fitting(_usual(tags), tags, admitted)
    lowest = next(_found(fitting, admitted, find), None)
    if lowest is not None:
        highest = next(_found(reversed(fitting), admitted, find), lowest)
        return Choice(tuple(dict.fromkeys((lowest, highest))))
    if tags & _running_tags() and admitted.contains(running().version, prereleases=True):
        return Choice((running(),))  # another implementation than CPython
    missing = _missing(tags, requires_python, fitting)
    return NoInterpreter(missing, "a machine with such a Python" if fitting else "")


def _found(wanted: Iterable[Wanted], admitted: SpecifierSet, find: Finder) -> Iterator[Interpreter]:
    return filter(None, (find(want, admitted) for want in wanted))


def _listed(
    wanted: Sequence[Wanted], fitting: Sequence[Wanted], admitted: SpecifierSet, find: Finder
) -> Choice | None:
    """Return what becomes of the policy's list; None when the wheel is for none of it."""
    found = {want: find(want, admitted) for want in fitting}
    if not found:
        return None
    return Choice(
        tuple(one for one in found.values() if one is not None),
        tuple(str(want) for want, one in found.items() if one is None),
        tuple(str(want) for want in wanted if want not in found),
    )


@functools.cache
def _running_tags() -> frozenset[Tag]:
    return frozenset(sys_tags())


def _usual(tags: frozenset[Tag]) -> list[Wanted]:
    """Return the versions of CPython that are looked for unasked, the lowest first.

    A wheel for every Python is one for those without the lock too; it is tried on the usual ones.
    """
    variants = (False, True) if any(tag.abi.endswith("t") for tag in tags) else (False,)
    return [Wanted(minor, threaded) for minor in _MINORS for threaded in variants]


def _fitting(
    wanted: Sequence[Wanted], tags: frozenset[Tag], admitted: SpecifierSet
) -> list[Wanted]:
    """Return which of the versions take one of the tags and may be admitted."""
    taking = [want for want in wanted if not tags.isdisjoint(_taken_by(want))]
    return [want for want in taking if _admits(admitted, want.minor)]


@functools.cache
def _taken_by(want: Wanted) -> frozenset[Tag]:
    """Return the tags that a Python takes here: some thousand, and the same for every artifact."""
    return frozenset(want.tags())


def _admits(admitted: SpecifierSet, minor: int) -> bool:
    """Say whether some patch release of a minor version may be admitted."""
    return any(admitted.contains(f"3.{minor}.{micro}", prereleases=True) for micro in range(40))


def _foreign_platform(tags: frozenset[Tag]) -> str:
    """Return why no Python here can take the wheel, empty if its platform is this one's."""
    asked = {tag.platform for tag in tags}
    if not tags or "any" in asked or not asked.isdisjoint(platform_tags()):
        return ""
    own = ", ".join([*platform_tags()][:2])
    return f"it is built for {_shown(asked)}; this machine takes {own} and older"


def _unlisted(tags: frozenset[Tag], requires_python: str, listed: Sequence[str]) -> str:
    return (
        f"it is for {_pythons(tags)}{_limit(requires_python)}, and the policy lists only Pythons "
        f"that it is not for: {', '.join(listed)}"
    )


def _missing(tags: frozenset[Tag], requires_python: str, wanted: Sequence[Wanted]) -> str:
    looked = _shown(str(want.spec) for want in reversed(wanted))
    return (
        f"it is for {_pythons(tags)}{_limit(requires_python)}; Python {running().version} does not "
        "fit, and no other here does: looked for was "
        f"{looked or 'nothing (only CPython 3.9 to 3.20 is)'}"
    )


def _limit(requires_python: str) -> str:
    return f" and Requires-Python {requires_python}" if requires_python else ""


def _pythons(tags: frozenset[Tag]) -> str:
    return _shown({f"{tag.interpreter}-{tag.abi}" for tag in tags}) or "no known tag"


def _shown(words: Iterable[str]) -> str:
    ordered = sorted(words)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more


def _specifier(requires_python: str) -> SpecifierSet:
    try:
        admitted = SpecifierSet(requires_python)
        admitted.contains(running().version, prereleases=True)
    except ValueError:  # InvalidSpecifier, or in use a number with more digits than Python converts
        return SpecifierSet()
    return admitted
