"""The rows of the gate ``version``."""

from __future__ import annotations

from functools import partial

from release_tests.policy import Policy
from tests import forge
from tests.gates.cases.case import UNREAD, Artifact, Case, damaged, wheel, with_files

_METADATA = "demo-1.0.dist-info/METADATA"
_INIT = "demo/__init__.py"


def _stating(version: str, policy: Policy | None = None) -> Artifact:
    return wheel(policy, files=forge.package(version=version))


def _metadata(version: str) -> Artifact:
    lines = ("Metadata-Version: 2.1", "Name: demo", f"Version: {version}")
    text = "\n".join([*lines, "Description-Content-Type: text/plain", "", "Words"])
    return wheel(metadata=text)


_OTHER = {"other/__init__.py": '__version__ = "7"\n'}

CASES = (
    Case(
        "VER000",
        damaged(partial(forge.corrupt_member, name=_INIT)),
        where=_INIT,
        says=("could not be read",),
        also=UNREAD | {"ZIP025"},
    ),
    Case(
        "VER000",
        wheel(
            file_name="demo.whl",
            metadata="Metadata-Version: 2.1\nName: demo\n"
            "Description-Content-Type: text/plain\n\nWords\n",
        ),
        where="demo.whl",
        says=("no version could be read",),
        also=frozenset(("NAME001", "META012")),
    ),
    Case(
        "VER001",
        wheel(dist_info="demo-2.0.dist-info"),
        where="demo-2.0.dist-info",
        says=("1.0", "2.0"),
        also=frozenset(("STR003", "STR037")),
    ),
    Case(
        "VER001",
        wheel(dist_info=f"demo-{'9' * 5000}.dist-info"),
        also=frozenset(("STR003", "STR037")),
    ),
    Case(
        "VER002",
        _metadata("2.0"),
        _metadata("1.0.0"),
        where=f"{_METADATA}, Version",
        says=("1.0", "2.0"),
    ),
    Case("VER002", _metadata("9" * 5000), also=frozenset(("META001",))),
    Case(
        "VER003",
        _stating("0.9"),
        _stating("1.0.0"),
        where=f"{_INIT}, line 3",
        says=("1.0", "__version__ = '0.9'"),
    ),
    Case("VER003", _stating("unknown"), _stating("1"), where=_INIT, says=("no version at all",)),
    Case("VER003", _stating("9" * 5000), where=_INIT, says=("no version at all",)),
    Case(
        "VER003",
        with_files(_OTHER, Policy(version_modules=("demo", "other"))),
        with_files({"other/__init__.py": ""}, Policy(version_modules=("demo", "other"))),
        where="other/__init__.py",
    ),
    Case(
        "VER003",
        with_files({"demo/_version.py": "version = '3'\n"}),
        with_files({"demo/core.py": "version = '3'\n"}),
        where="demo/_version.py, line 1",
        says=("version = '3'",),
    ),
    Case("VER003", wheel(files={"demo.py": "__version__ = '3'"}), where="demo.py, line 1"),
    Case(
        "VER003",
        with_files({"demo/version.py": "version = '3'"}, Policy(version_modules=("demo.version",))),
        with_files({"demo/version.py": "version = '1'"}, Policy(version_modules=("demo.version",))),
        where="demo/version.py, line 1",
    ),
    Case(
        "VER003",
        wheel(files={"one.py": "__version__ = '7'", "_one.py": ""}),
        wheel(files={"one.py": "__version__ = '1.0'", "_one.py": "__version__ = '1.0'"}),
        where="one.py, line 1",
    ),
    Case("VER004", _stating("1.0+local"), _stating("1.0"), where=_INIT, says=("1.0+local",)),
    Case(
        "VER005",
        with_files(_OTHER),
        with_files({"other/__init__.py": "__version__ = '1.0'"}),
        where="other/__init__.py, line 1",
        says=("7",),
    ),
    Case(
        "VER005",
        wheel(
            Policy(version_modules=("demo.version",)),
            files={"demo/__init__.py": "\n\n__version__ = '3'", "demo/version.py": "version = '1'"},
        ),
        wheel(
            Policy(version_modules=("demo.version",)),
            files={"demo/__init__.py": "\n\n__version__ = '1'", "demo/version.py": "version = '1'"},
        ),
        where="demo/__init__.py, line 3",
    ),
    Case(
        "VER005",
        wheel(files={"one.py": "__version__ = '7'", "two.py": ""}),
        wheel(files={"one.py": "", "two.py": ""}),
        where="one.py, line 1",
    ),
)
