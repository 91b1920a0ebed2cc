"""What is known of words at one place in a function: that they are zero, or that they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.effects import CHANGED, Does

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release_tests.binary.code.effects import Effect

State = tuple[tuple[int, int], ...]
"""What is known, so that it can be compared: words and what they hold, sorted."""

ZERO, ONE, OTHER = 0, 1, 2
"""What a word may be known to hold: 0, exactly 1, or something that is not 0."""

_ASKED, _EQUAL, _BELOW = -1, -2, -3
"""Stand for the flags: the word that ZF tells to be zero; ZF, and CF, as 0 or 1."""

_LIKE = -1000
"""This less a register stands for where what it holds was copied from."""

_REACH = 64
"""No instruction writes more bytes."""

_DATA = 0x1000
"""Words from here on are addresses: no image has data below, and there are fewer registers."""


def near(address: int, word: int) -> bool:
    """Whether what is written to an address may overwrite a word."""
    return address - 8 < word < address + _REACH


class Knowledge:
    """What is known after some instructions."""

    def __init__(self, state: State = ()) -> None:
        """Begin with what is known at first."""
        self._known = dict(state)

    def state(self) -> State:
        """Return all of it."""
        return tuple(sorted(self._known.items()))

    def keep(self, words: frozenset[int]) -> None:
        """Forget everything but what is known of some words, and of the flags."""
        self._known = {
            word: known
            for word, known in self._known.items()
            if word in words or _LIKE < word < 0 or (word <= _LIKE and _LIKE - word in words)
        }

    def of(self, word: int) -> int | None:
        """Return what a word holds, None where that is not known."""
        return self._known.get(word)

    def apply(self, effect: Effect) -> None:
        """Take note of what an instruction does."""
        value, flags = self._value(effect), self._flags(effect)
        for register in effect.forgets:
            self._forget(register)
        if effect.store:
            self.store(effect.store)
        if effect.flags:
            self._drop_flags()
            self._known.update(flags)
        if value is not None:
            self._known[effect.word] = value
        elif effect.kind is Does.COPY and effect.word < _DATA <= effect.source:
            self._known[_LIKE - effect.word] = effect.source

    def call(self) -> None:
        """Take note of a call: what a function need not keep is not known any more."""
        for register in CHANGED:
            self._forget(register)
        self._drop_flags()

    def store(self, address: int) -> None:
        """Take note that something was written to an address."""
        for word in [one for one in self._known if one >= _DATA and near(address, one)]:
            self._forget(word)
        self._unlike(lambda source: near(address, source))

    def lose(self) -> None:
        """Take note that all of the image's data may have been written to."""
        self._known = {word: known for word, known in self._known.items() if word < _DATA}
        self._unlike(lambda _: True)

    def branch(self, *, equal: bool) -> bool:
        """Take note that ZF is set, or is not; return whether that can be."""
        known = self._known.get(_EQUAL)
        asked = self._known.get(_ASKED)
        if known is not None:
            self._drop_flags()
            return bool(known) is equal
        if asked is not None:
            for word in (asked, self._known.get(_LIKE - asked, asked)):
                self._known[word] = ZERO if equal else OTHER
        self._drop_flags()
        return True

    def _drop_flags(self) -> None:
        for flag in (_ASKED, _EQUAL, _BELOW):
            self._known.pop(flag, None)

    def _unlike(self, changed: Callable[[int], bool]) -> None:
        for word in [one for one, of in self._known.items() if one <= _LIKE and changed(of)]:
            del self._known[word]

    def _forget(self, word: int) -> None:
        self._known.pop(word, None)
        self._known.pop(_LIKE - word, None)
        if self._known.get(_ASKED) == word:
            del self._known[_ASKED]

    def _value(self, effect: Effect) -> int | None:
        kind = effect.kind
        if kind is Does.NOTHING:
            return None
        if kind is Does.COPY or kind is Does.WIDEN:
            held = self._known.get(effect.source)
            return None if kind is Does.WIDEN and held == OTHER else held
        if kind is Does.ZERO or kind is Does.OTHER:
            return ZERO if kind is Does.ZERO else OTHER
        return self._flag(kind)

    def _flag(self, kind: Does) -> int | None:
        """Return what an instruction makes of the flags."""
        equal, below = self._known.get(_EQUAL), self._known.get(_BELOW)
        if kind is Does.BORROW:
            return None if below is None else OTHER * below
        if kind is Does.EQUAL or equal is None:
            return equal if kind is Does.EQUAL else None
        return 1 - equal if kind is Does.UNEQUAL else None

    def _flags(self, effect: Effect) -> Iterable[tuple[int, int]]:
        if effect.kind is not Does.TEST and effect.kind is not Does.BELOW:
            return ()
        held = self._known.get(effect.source)
        if effect.kind is Does.BELOW:
            return () if held is None else ((_BELOW, int(held == ZERO)),)
        return ((_ASKED, effect.source),) if held is None else ((_EQUAL, int(held == ZERO)),)
