"""The page of the policy's keys, from the dataclasses that declare them."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pages.markdown import page, table
from release_tests.decoding import OneOf, SomeOf, kind_of_named, kind_of_tables, name_of
from release_tests.policy import TABLE, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).resolve().parent.parent / "policy-example.toml"

_ABOUT_POLICY = (
    "What a project asks of its releases stands in its pyproject.toml, in the table "
    "`[tool.release-gates]`. It is looked for from the directory of the wheels upwards, then from "
    "the working directory upwards; the first pyproject.toml that has the table is taken. "
    "`--release-config FILE` names a file instead: in a pyproject.toml the same table is read, in "
    "any other file the tables stand at the top level. The header of the session and the evidence "
    "name the file that was taken. Without any, every default holds."
)
_ABOUT_MISTAKES = (
    "An unknown key or a value of the wrong type is an error that names the key, and the nearest "
    "known one."
)
_ABOUT_NAMES = (
    "Where a project is named, be it as a dependency or as a distribution, a pattern will do: `*`, "
    "`?` and `[…]`. Names and patterns are compared as indexes compare names: `Demo_CPU*` is for "
    "`demo-cpu-avx2`, too."
)


class Key(NamedTuple):
    """A key of the policy as it is documented; ``table`` is set when it is a table itself.

    It is ``repeated`` when it is a list of tables, and ``named`` when each has a name.
    """

    name: str
    kind: str
    default: str
    meaning: str
    table: type[Any] | None
    repeated: bool = False
    named: bool = False


def keys_of(kind: type[Any]) -> list[Key]:
    """Return the keys that the dataclass *kind* declares."""
    return [_key(item) for item in dataclasses.fields(kind)]


class Section(NamedTuple):
    """A table of the policy: its dotted name, what declares it, whether it is one of a list."""

    name: str
    kind: type[Any]
    repeated: bool = False


def tables(section: Section) -> Iterator[Section]:
    """Yield a table and every table in it."""
    yield section
    for key in keys_of(section.kind):
        if key.table is not None:
            name = f"{section.name}.{key.name}".removeprefix(".")
            name += '."NAME"' if key.named else ""
            yield from tables(Section(name, key.table, key.repeated))


def _key(item: dataclasses.Field[Any]) -> Key:
    listed = kind_of_tables(item.metadata["decoder"])
    if listed is not None:
        meaning = item.metadata["meaning"]
        return Key(name_of(item), "a list of tables", "none", meaning, listed, repeated=True)
    named = kind_of_named(item.metadata["decoder"])
    if named is not None:
        meaning = item.metadata["meaning"]
        return Key(name_of(item), "a table of tables", "none", meaning, named, named=True)
    inner = _table_of(item)
    kind = "a table" if inner else _kind(item.metadata["decoder"])
    return Key(name_of(item), kind, _default(item, inner), item.metadata["meaning"], inner)


def _table_of(item: dataclasses.Field[Any]) -> type[Any] | None:
    factory: object = item.default_factory
    if isinstance(factory, type) and dataclasses.is_dataclass(factory):
        return factory
    return None


def _kind(decoder: Any) -> str:
    """Return what a decoder takes, as its docstring says: "Decode a list of strings."."""
    if isinstance(decoder, OneOf | SomeOf):
        return str(decoder)
    words = str(decoder.__doc__).partition(";")[0].partition("\n")[0]
    return words.removeprefix("Decode ").rstrip(".")


def _default(item: dataclasses.Field[Any], inner: type[Any] | None) -> str:
    if inner is not None:
        return "every default in it"
    value = item.default if item.default is not dataclasses.MISSING else None
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f'`"{value}"`'


def policy() -> str:
    """Return the page."""
    blocks = [
        "# Policy",
        _ABOUT_POLICY,
        _ABOUT_MISTAKES,
        _ABOUT_NAMES,
    ]
    for section in tables(Section("", Policy)):
        blocks += _policy_table(section)
    blocks += ["## A complete example", f"```toml\n{_example()}```"]
    return page("release_tests/policy", blocks)


def _policy_table(section: Section) -> list[str]:
    title = ".".join([*TABLE, section.name]).rstrip(".")
    shown = f"[[{title}]]" if section.repeated else f"[{title}]"
    rows = [(f"`{key.name}`", key.kind, key.default, key.meaning) for key in keys_of(section.kind)]
    return [f"## `{shown}`", table(["Key", "Type", "Default", "Meaning"], rows)]


def _example() -> str:
    return in_pyproject(EXAMPLE.read_text(encoding="utf-8"))


def in_pyproject(own_file: str) -> str:
    """Return a policy file's text as it stands in a pyproject.toml."""
    prefix = ".".join(TABLE)
    nested = re.sub(r"^(\[+)(?=\w)", rf"\1{prefix}.", own_file, flags=re.MULTILINE)
    return f"[{prefix}]\n{nested}"
