"""The rows of the gate ``structure``: dist-info, WHEEL, .data, entry points and modules."""

from __future__ import annotations

from functools import partial

from release_tests.policy import Policy
from tests import forge
from tests.gates.cases.case import Case, damaged, forged, wheel, with_files

_INFO = "demo-1.0.dist-info"
_WHEEL = f"{_INFO}/WHEEL"
_ENTRY_POINTS = f"{_INFO}/entry_points.txt"
_ELF = b"\x7fELF\2\1\1" + bytes(57)
_PE = b"MZ" + bytes(62)
_MACH_O = b"\xcf\xfa\xed\xfe" + bytes(60)
_UNIVERSAL = b"\xca\xfe\xba\xbe\0\0\0\2" + bytes(56)


def _wheel_file(*lines: str) -> str:
    return "\n".join([*lines, ""])


_V, _P, _T = "Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"


def _stated(*lines: str, **fields: object) -> forge.Wheel:
    return forge.Wheel(wheel_file=_wheel_file(*lines), **fields)  # type: ignore[arg-type]


def _without(name: str) -> forge.Wheel:
    return forge.Wheel(omit=[name], record=lambda rows: [row for row in rows if row[0] != name])


def _points(text: str, **more: forge.Content) -> forge.Wheel:
    return forge.Wheel(entry_points=text, files={**forge.package(), **more})


def _licensed(path: str, files: dict[str, forge.Content]) -> forge.Wheel:
    head = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"
    stated = f"{head}License-File: {path}\nDescription-Content-Type: text/plain\n\nWords\n"
    return forge.Wheel(metadata=stated, files={**forge.package(), **files})


def _relying(requirement: str) -> forge.Wheel:
    """Return a wheel with a command of the module other, and a dependency."""
    head = f"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: {requirement}\n"
    stated = f"{head}Description-Content-Type: text/plain\n\nWords\n"
    return forge.Wheel(entry_points=f"{_SCRIPT}other:main", metadata=stated)


_SCRIPT = "[console_scripts]\ndemo = "
_PLUGIN = "[demo.plugins]\ndemo = "
_MANY = "".join(f"x{at} = demo.core:x{at}\n" for at in range(3000))
"""So many that to parse the module for each would take minutes."""

CASES = (
    Case(
        "STR000",
        damaged(partial(forge.corrupt_member, name=_WHEEL)),
        where=_WHEEL,
        says=("could not be read",),
        also=frozenset(("ZIP025", "REC005")),
    ),
    Case(
        "STR001",
        wheel(dist_info="demo-1.0.info"),
        where="demo-1.0-py3-none-any.whl",
        says=("{name}-{version}.dist-info", "demo-1.0.info"),
        also=frozenset(("REC001", "META000", "VER000", "STR037")),
    ),
    Case(
        "STR002",
        with_files({"other-1.0.dist-info/METADATA": ""}),
        with_files({"demo/other-1.0.dist-info/METADATA": ""}),
        where="demo-1.0-py3-none-any.whl",
        says=("other-1.0.dist-info", _INFO),
    ),
    *(
        Case(
            "STR003",
            wheel(dist_info=f"{name}-1.0.dist-info"),
            where=f"{name}-1.0",
            says=(_INFO,),
            also=frozenset(("STR037",)),
        )
        for name in ("other", "Demo")
    ),
    Case(
        "STR004",
        forged(_without(_WHEEL)),
        where=_WHEEL,
        says=("missing",),
        also=frozenset(("STR037",)),
    ),
    Case(
        "STR037",
        forged(_without(_WHEEL)),
        where=_WHEEL,
        says=("none",),
        also=frozenset(("STR004",)),
    ),
    Case(
        "STR037",
        wheel(dist_info="Demo-1.0.dist-info"),
        where=_WHEEL,
        says=("Demo-1.0.dist-info/WHEEL",),
        also=frozenset(("STR003",)),
    ),
    Case("STR005", forged(_stated(_V, _T)), forged(_stated(_V, _P, _T)), "Root-Is-Purelib"),
    Case("STR005", forged(_stated(_P, _T)), where="Wheel-Version", says=("missing",)),
    Case("STR005", forged(_stated(_V, _P)), where="Tag", says=("missing",)),
    Case("STR005", forged(_stated(_V, _P, _P, _T)), where="Purelib", says=("more than once",)),
    Case("STR005", forged(_stated(_V, _P, _T, "", "more")), where=_WHEEL, says=("more",)),
    Case(
        "STR006",
        forged(_stated("Wheel-Version: 2.0", _P, _T)),
        where=f"{_WHEEL}, Wheel-Version",
        says=("1.0", "2.0"),
    ),
    Case("STR006", forged(_stated("Wheel-Version: 1.1", _P, _T)), says=("1.1",)),
    Case("STR006", forged(_stated("Wheel-Version: 1", _P, _T)), says=("major.minor",)),
    Case("STR006", forged(_stated(f"Wheel-Version: {'9' * 5000}.0", _P, _T))),
    Case(
        "STR007",
        forged(_stated(_V, "Root-Is-Purelib: yes", _T)),
        forged(_stated(_V, "Root-Is-Purelib: True", _T)),
        where="Root-Is-Purelib",
        says=("yes",),
    ),
    Case(
        "STR008",
        with_files({"demo/_c.cpython-311-x86_64-linux-gnu.so": _ELF}),
        with_files({"demo/_c.cpython-311-x86_64-linux-gnu.so": "# no ELF"}),
        where=f"{_WHEEL}, Root-Is-Purelib",
        says=("_c.cpython-311", "false"),
        spared=frozenset(("TAG001",)),
    ),
    Case("STR008", with_files({"demo/_c.so": _MACH_O}), with_files({"demo/run": _MACH_O})),
    Case(
        "STR008",
        with_files({"demo/_c.so": _UNIVERSAL}),
        with_files({"demo/_c.so": "text"}),
        also=frozenset(("TAG001",)),
    ),
    Case(
        "STR008",
        with_files({"demo/_c.pyd": _PE}),
        with_files({"demo/launcher.exe": _PE}),
        also=frozenset(("TAG001", "TAG002", "CPU000")),
        spared=frozenset(("TAG016",)),
    ),
    Case("STR008", with_files({"libs/c.so.6": _ELF}), with_files({"demo/bin/tool": _ELF})),
    Case(
        "STR008",
        with_files({"c.dylib": _MACH_O}),
        with_files({"demo/Net.dll": _PE}),
        spared=frozenset(("TAG001",)),
    ),
    Case(
        "STR008",
        with_files({"demo/_c.so": _ELF}),
        with_files({"demo-1.0.data/platlib/demo/_c.so": _ELF}),
    ),
    Case(
        "STR009",
        with_files({"other-1.0.data/purelib/more.py": ""}),
        with_files({"demo-1.0.data/purelib/more.py": ""}),
        where="other-1.0.data",
    ),
    Case(
        "STR010",
        with_files({"demo-1.0.data/lib/more.py": ""}),
        with_files({"demo-1.0.data/data/more.py": ""}),
        where="demo-1.0.data/lib/more.py",
        says=("platlib", "lib"),
    ),
    Case("STR010", with_files({"demo-1.0.data/scripts": ""}), where="scripts"),
    Case("STR011", forged(_points("[console_scripts]\ndemo\n")), where=_ENTRY_POINTS),
    Case("STR011", forged(_points("\ufeff[a]\nb = demo\n")), forged(_points("[a]\nb = demo\n"))),
    Case("STR011", forged(_points("[a]\nb = demo\nb = demo\n")), says=("already exists",)),
    Case(
        "STR012",
        forged(_points(f"{_SCRIPT}demo.core")),
        forged(_points(f"{_SCRIPT}demo.core:main")),
        where=f"{_ENTRY_POINTS}, [console_scripts] demo",
        says=("module:callable", "demo.core"),
    ),
    Case(
        "STR012",
        forged(_points(f"{_PLUGIN}demo/core.py")),
        forged(_points(f"{_PLUGIN}demo.core")),
        says=("module or module:object",),
    ),
    Case(
        "STR013",
        forged(_points(f"{_SCRIPT}demo.nope:main")),
        forged(_points(f"{_SCRIPT}demo.nope:main", **{"demo/nope.py": "def main(): ..."})),
        where=_ENTRY_POINTS,
        says=("demo.nope", "demo/nope.py or demo/nope/__init__.py"),
    ),
    Case(
        "STR013",
        forged(_points(f"{_PLUGIN}demo.nope")),
        forged(_points(f"{_PLUGIN}demo:nope", **{"demo/__init__.py": "def nope(): ..."})),
    ),
    Case(
        "STR036",
        forged(_points(f"{_PLUGIN}demo.Nope", **{"demo/__init__.py": "class Nope: ..."})),
        forged(_points(f"{_PLUGIN}demo:Nope", **{"demo/__init__.py": "class Nope: ..."})),
        where=f"{_ENTRY_POINTS}, [demo.plugins] demo",
        says=("demo:Nope", "demo.Nope is no module"),
    ),
    Case(
        "STR014",
        forged(_points(f"{_SCRIPT}demo.core:nope")),
        forged(_points(f"{_SCRIPT}demo.core:nope", **{"demo/core.py": "from x import *"})),
        where=_ENTRY_POINTS,
        says=("demo/core.py does not define nope",),
    ),
    Case(
        "STR014",
        forged(_points(f"{_PLUGIN}demo:nope")),
        forged(_points(f"{_PLUGIN}demo:core")),
        says=("demo/__init__.py does not define nope",),
    ),
    Case("STR014", forged(_points(f"[a]\n{_MANY}")), forged(_points("[a]\nx = demo.core")), "[a]"),
    Case(
        "STR021",
        wheel(Policy(imports=("demo.nope",))),
        wheel(Policy(imports=("demo.core", "demo"))),
        where="demo.nope",
        says=("policy",),
    ),
    Case("STR022", wheel(files={}), where="demo-1.0-py3-none-any.whl", says=("no module",)),
    Case("STR022", wheel(files={"demo/data.txt": ""}), wheel(files={"demo/sub/core.py": ""})),
    Case(
        "STR022",
        wheel(files={"demo-stubs/data.txt": ""}),
        wheel(files={"demo-stubs/__init__.pyi": ""}),
    ),
    Case("STR023", with_files({"demo/core.py/x": ""}), where="demo/core.py"),
    Case("STR023", wheel(extra={"demo/core.py/": ""}), wheel(extra={"demo/core/": ""})),
    Case(
        "STR025",
        forged(_points(f"{_SCRIPT}other:main")),
        where="[console_scripts] demo",
        says=("none of this wheel's",),
    ),
    Case("STR025", forged(_relying('other; extra == "more"')), forged(_relying("Other>=1"))),
    Case("STR025", forged(_relying("another")), forged(_relying("other"))),
    Case(
        "STR026",
        forged(_stated(_V, _P, "Tag: py2-none-any")),
        forged(_stated(_V, _P, _T, "Tag: py2-none-any", tags="py2.py3-none-any")),
        where=f"{_WHEEL}, Tag",
        says=("py3-none-any", "py2-none-any"),
    ),
    Case("STR026", forged(_stated(_V, _P, _T, build="1")), wheel(build="1"), says=("none",)),
    Case("STR026", forged(_stated(_V, _P, _T, "Build: 1", build="01")), wheel(build="01")),
    Case("STR026", forged(_stated(_V, _P, "Tag: what")), says=("what",)),
    Case(
        "STR031",
        forged(_licensed("LICENSE", {f"{_INFO}/LICENSE": "free"})),
        forged(_licensed("LICENSE", {f"{_INFO}/licenses/LICENSE": "free"})),
        where=f"{_INFO}/METADATA, license-file",
        says=("LICENSE", f"{_INFO}/licenses/LICENSE", f"{_INFO}/LICENSE"),
    ),
    Case(
        "STR031",
        forged(_licensed("sub/COPYING", {})),
        forged(_licensed("sub/COPYING", {f"{_INFO}/licenses/sub/COPYING": "free"})),
        says=("no such file",),
    ),
    Case(
        "STR032",
        forged(_points("[console_scripts]\na b = demo.core:main\n")),
        forged(_points("[console_scripts]\na-b.c = demo.core:main\n")),
        where=f"{_ENTRY_POINTS}, [console_scripts] a b",
        says=("a b",),
    ),
    Case(
        "STR032",
        forged(_points("[gui_scripts]\na/b = demo.core:main\n")),
        forged(_points("[demo.plugins]\na/b = demo.core\n")),
    ),
    Case(
        "STR033",
        with_files({"demo-1.0.data/scripts/sub/run": "#!python\n"}),
        with_files({"demo-1.0.data/scripts/run": "#!python\n"}),
        where="demo-1.0.data/scripts/sub/run",
        says=("sub",),
    ),
    Case("STR033", wheel(extra={"demo-1.0.data/scripts/sub/": ""}), where="scripts/sub/"),
    Case(
        "STR034",
        forged(_points("[console_scripts]\npython3 = demo.core:main\n")),
        forged(_points("[console_scripts]\npython-demo = demo.core:main\n")),
        where=f"{_ENTRY_POINTS}, [console_scripts] python3",
        says=("python3",),
    ),
    Case(
        "STR034",
        with_files({"demo-1.0.data/scripts/Python.exe": "x"}),
        with_files({"demo-1.0.data/scripts/python.bat": "x"}),
        where="demo-1.0.data/scripts/Python.exe",
    ),
)
