"""The form that an uploader sends with a file, and what the index takes from it.

Rebuilt from what twine 6 and 7 do, without importing twine, which is slow; a test holds the two
together. The index judges this form, never the metadata inside of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.metadata import RawMetadata

FormValue = str | list[str] | dict[str, str]

_RENAMED = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
}
_NOT_SENT = frozenset(("import_names", "import_namespaces"))
_MARK = b"Metadata-Version"
_WHEEL = ".whl"


def candidates(names: Iterable[str]) -> list[str]:
    """Return the members that twine opens in search of the metadata, in its order.

    It sends what the first of them says that holds the word ``Metadata-Version``.
    """
    paths = [name.split("/") for name in names if "METADATA" in name]
    return ["/".join(path) for _, path in sorted((len(path), path) for path in paths)]


def is_taken(data: bytes) -> bool:
    """Whether twine takes a candidate of these bytes for the metadata."""
    return _MARK in data


def upload_form(raw: RawMetadata, file_name: str, sha256: str) -> dict[str, FormValue]:
    """Return the fields that twine sends with a file, but for its bytes and its BLAKE2 digest.

    What the name does not end like a wheel's is taken for a source distribution.
    """
    stated = cast("Mapping[str, FormValue]", raw)
    form = {_RENAMED.get(key, key): value for key, value in stated.items() if key not in _NOT_SENT}
    return {
        **form,
        "name": safe_name(raw.get("name", "")),
        "pyversion": _python(file_name),
        "filetype": "bdist_wheel" if file_name.endswith(_WHEEL) else "sdist",
        "sha256_digest": sha256,
    }


def safe_name(name: str) -> str:
    """Return the name as twine sends it, which is not always the one that is stated."""
    return re.sub("[^A-Za-z0-9.]+", "-", name)


def _python(file_name: str) -> str:
    if not file_name.endswith(_WHEEL):
        return "source"
    parts = file_name.removesuffix(_WHEEL).split("-")
    return parts[-3] if len(parts) > 3 else "any"  # noqa: PLR2004 - name, and three tags


def received(form: Mapping[str, FormValue]) -> dict[str, list[str]]:
    """Return the fields as they reach the index: each with its values, in the order sent.

    It drops a field whose only value is empty, and one that ends with the word UNKNOWN.
    """
    sent = {key: _values(key, value) for key, value in form.items()}
    return {key: values for key, values in sent.items() if not _dropped(values)}


def _values(key: str, value: FormValue) -> list[str]:
    if isinstance(value, dict):
        return [f"{label}, {url}" for label, url in value.items()]
    if isinstance(value, str):
        return [value]
    return [", ".join(value)] if key == "keywords" else value


def _dropped(values: Sequence[str]) -> bool:
    return not values or list(values) == [""] or values[-1].strip() == "UNKNOWN"
