"""The rows of the gate ``release``: sets of wheels that break a rule, and sets that keep it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from release_tests.gates.release import Together
from release_tests.policy import Policy
from release_tests.waivers import Waiver
from tests import forge
from tests.binary.compiled import module
from tests.forge import Wheel
from tests.forge_sdist import Sdist
from tests.gates.cases.built import LINUX, Built

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gates.cases.case import Forged

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Set:
    """Artifacts that go out together, others of the same run, and the policy they are judged by."""

    wheels: tuple[Forged, ...] = (Wheel(),)
    policy: Policy = field(default_factory=Policy)
    others: tuple[Forged, ...] = ()
    garbage: tuple[str, ...] = ()

    def read(self, directory: Path) -> Together:
        """Forge the artifacts in *directory* and return the facts about them."""
        for name in self.garbage:
            (directory / name).write_bytes(b"no archive")
        paths = [wheel.write(directory) for wheel in self.wheels]
        paths += [directory / name for name in self.garbage]
        (directory / "o").mkdir(exist_ok=True)
        others = {path.name: path for path in (it.write(directory / "o") for it in self.others)}
        wheels = tuple(read_artifact(path, Depth.CODE) for path in paths)
        return Together(wheels, tuple(others), lambda name: read_artifact(others[name]))


@dataclass(frozen=True)
class ReleaseCase:
    """A rule, a set that breaks it, and one that differs in that thing only.

    ``where`` stands in the place of the rule's finding, each of ``says`` in its message, in what
    was expected or found. ``also`` are the gate's other rules that the bad set breaks.
    """

    rule: str
    bad: Set
    good: Set = field(default_factory=Set)
    where: str = ""
    says: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()


def metadata(*lines: str, name: str = "demo", version: str = "1.0") -> str:
    """Return METADATA with these lines, and a description."""
    head = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}")
    return "\n".join([*head, "Description-Content-Type: text/plain", *lines, "", "Words"])


def linux(*lines: str, **fields: object) -> Wheel:
    """Return a wheel for Linux whose METADATA has these lines."""
    stated = {"tags": "py3-none-manylinux_2_28_x86_64", "metadata": metadata(*lines)}
    return Wheel(**{**stated, **fields})  # type: ignore[arg-type]


def windows(*lines: str, **fields: object) -> Wheel:
    """Return a wheel for Windows whose METADATA has these lines."""
    return linux(*lines, **{"tags": "py3-none-win_amd64", **fields})


def variant(name: str, *, module: str = "shared", tags: str = "py3-none-any") -> Wheel:
    """Return a wheel of another project that installs the package *module*."""
    return Wheel(name=name, files=forge.package(module), tags=tags)


def waiving(**changed: object) -> Policy:
    """Return a policy with a waiver, which is whole and in force but for what is changed."""
    whole = Waiver(
        rule="VER003", artifacts="demo-*", reason="mended in 1.1", until=date(2026, 11, 20)
    )
    return Policy(waivers=(dataclasses.replace(whole, **changed),))  # type: ignore[arg-type]


STALE = Wheel(files=forge.package(version="0.9"))
"""A wheel that breaks VER003."""

_STALE_OTHER = Wheel(name="other", version="2", files=forge.package("other", "1"))
_ANY = linux(tags="py3-none-any")
_SOURCE = Sdist(pkg_info=metadata())
_SOURCE_AGAIN = Sdist(pkg_info=metadata(), file_name="Demo-1.0.tar.gz", top="Demo-1.0")
_NEEDS = ("Requires-Dist: a", "Requires-Dist: b")
_DYNAMIC = metadata("Dynamic: Summary", "Dynamic: Requires-Dist").replace("2.1", "2.2")
_PAIR = (variant("demo-cpu"), variant("demo-cpu-avx512"))
_EITHER = Policy(exclusive=(("demo", "demo-*"),))
_TWO_LINES = metadata("", "Two", "lines")
_EXPECT = ("py3-none-manylinux*_x86_64", "py3-none-win_amd64")


def _likened(*dependencies: str) -> str:
    return metadata(*(f"Requires-Dist: {one}" for one in dependencies), name="py-yaml")


def _expecting(*tags: str, project: str = "demo") -> Policy:
    return Policy(expect=((project, tags),))


def _expecting_too(project: str) -> Policy:
    return Policy(expect=(("demo", ("py3-*",)), (project, ("py3-*",))))


def _running(group: str) -> Set:
    """Return two projects with an entry point of one name, the second's in another group."""
    points = ("[console_scripts]\nrun = demo.core:main\n", f"[{group}]\nrun = other.core:main\n")
    return Set((Wheel(entry_points=points[0]), Wheel(name="other", entry_points=points[1])))


def _for(one: str, other: str) -> Set:
    """Return two projects with the same package, for these tags."""
    return Set((variant("a", tags=one), variant("b", tags=other)))


def _requiring(one: str, other: str) -> Set:
    """Return two projects with the same package, for the Pythons that they require."""
    wheels = (
        Wheel(
            name=name,
            files=forge.package("shared"),
            metadata=metadata(f"Requires-Python: {required}", name=name),
        )
        for name, required in (("a", one), ("b", other))
    )
    return Set(tuple(wheels))


def _spelled(tags: str) -> Set:
    """Return two projects with a file whose name differs in case only."""
    wheels = (
        Wheel(name=name, tags=tags, files={f"{shared}/core.py": "", f"{name}/x.py": ""})
        for name, shared in (("a", "shared"), ("b", "Shared"))
    )
    return Set(tuple(wheels))


def _on(one: str, other: str) -> Set:
    """Return two projects with the same package, for two platforms."""
    return Set((variant("a", tags=f"py3-none-{one}"), variant("b", tags=f"py3-none-{other}")))


def _compiled(name: str, instruction: str = "nop") -> Built:
    """Return a variant with a module of its own that holds an instruction more."""
    folder = name.replace("-", "_")
    member = f"{folder}/_c.cpython-312-x86_64-linux-gnu.so"
    code = module("_c", assembly=instruction)
    return Built(LINUX, {member: code, **forge.package(folder)}, {"name": name})


def _malformed(where: str, *says: str, **changed: object) -> ReleaseCase:
    good, bad = Set((STALE,), waiving()), Set((STALE,), waiving(**changed))
    return ReleaseCase("REL011", bad, good, f"waivers[0].{where}", says)


RELEASE_CASES = (
    ReleaseCase(
        "REL000",
        Set(garbage=("other-1.0-py3-none-any.whl",)),
        where="other-1.0-py3-none-any.whl",
        says=("could not be opened",),
    ),
    ReleaseCase("REL000", Set(garbage=("other.whl",)), where="other.whl", says=("no version",)),
    ReleaseCase(
        "REL000",
        Set((Wheel(dist_info="METADATA"),)),
        where="demo-1.0-py3-none-any.whl",
        says=("no METADATA",),
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Summary: one"), windows("Summary: two"))),
        Set((linux("Summary: one"), windows("Summary: one"))),
        where="demo, summary",
        says=("which goes out first", "one", "two", "win_amd64"),
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Classifier: A", "Classifier: B"), windows("Classifier: A"))),
        Set((linux("Classifier: A", "Classifier: B"), windows("Classifier: B", "Classifier: A"))),
        where="demo, classifiers",
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Requires-Python: >=3.9"), windows())),
        Set((linux("License-File: a"), windows("License-File: b"))),
        where="demo, requires-python",
        says=(">=3.9", "nothing"),
    ),
    ReleaseCase(
        "REL001",
        Set((linux(), windows(metadata=metadata().replace("Words", "Other\r\nwords")))),
        Set((linux("", "Two", "lines"), windows(metadata=_TWO_LINES.replace("\n", "\r\n")))),
        where="demo, description",
    ),
    ReleaseCase(
        "REL002",
        Set((linux(*_NEEDS), windows(_NEEDS[0]))),
        Set((linux(*_NEEDS), windows(*reversed(_NEEDS)))),
        where="demo, Requires-Dist",
        says=("also ['b']",),
    ),
    ReleaseCase(
        "REL002",
        Set((linux("Requires-Dist: more ; extra == 'a'"), windows("Requires-Dist: more"))),
        Set(
            (
                linux("Requires-Dist: more (>=1,<2) ; (os_name == 'nt') and extra == 'a'"),
                windows('Requires-Dist: more<2,>=1; os_name == "nt" and extra == "a"'),
            )
        ),
        where="demo, Requires-Dist",
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Requires-Python: >=3.9, <4"), windows("Requires-Python: >=3.9"))),
        Set((linux("Requires-Python: >=3.9, <4"), windows("Requires-Python: <4,>=3.9"))),
        where="demo, requires-python",
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Provides-Extra: a_b"), windows("Provides-Extra: a.c"))),
        Set((linux("Provides-Extra: a_b"), windows("Provides-Extra: a-b"))),
        where="demo, provides-extra",
    ),
    ReleaseCase(
        "REL003",
        Set((_ANY, dataclasses.replace(_ANY, file_name="demo-1.0-py2-none-any.whl"))),
        Set((_ANY, linux(tags="py2-none-any"))),
        where="demo-1.0-py3-none-any.whl",
        says=("same bytes as demo-1.0-py2-none-any.whl", "SHA-256"),
    ),
    ReleaseCase(
        "REL004",
        Set((linux(), linux(build="1"))),
        Set((linux(), windows(build="1"))),
        where="demo-1.0-py3",
        says=("py3-none-manylinux_2_28_x86_64", "same Python and platform"),
    ),
    ReleaseCase(
        "REL004",
        Set((linux(tags="py2.py3-none-any"), linux(tags="py3-none-any"))),
        Set((linux(tags="py2-none-any"), linux(tags="py3-none-any"))),
        where="demo-1.0-py3-none-any.whl",
    ),
    ReleaseCase(
        "REL005",
        Set((linux(), windows(version="1.0.0", metadata=metadata()))),
        Set((linux(), windows())),
        where="demo, the version",
        says=("1.0, 1.0.0",),
    ),
    ReleaseCase(
        "REL006",
        Set(others=(Wheel(version="0.9"),)),
        Set(others=(Wheel(name="other", version="0.9"),)),
        where="demo-0.9-py3-none-any.whl",
        says=("released as 1.0",),
    ),
    ReleaseCase(
        "REL007",
        Set((linux(),), _expecting(*_EXPECT)),
        Set((linux(), windows()), _expecting(*_EXPECT)),
        where="demo",
        says=("py3-none-win_amd64",),
    ),
    ReleaseCase(
        "REL007",
        Set((Wheel(),), _expecting_too("De.Mo_cpu")),
        Set((Wheel(), variant("de-mo-cpu")), _expecting_too("De.Mo_cpu")),
        where="De.Mo_cpu",
        says=("no file of this project",),
    ),
    ReleaseCase(
        "REL007",
        Set((Wheel(),), _expecting_too("other*")),
        Set((Wheel(),), _expecting_too("other*"), (Wheel(name="other", version="2"),)),
        where="other*",
    ),
    ReleaseCase(
        "REL007",
        Set((Wheel(),), _expecting_too("Demo_CPU*")),
        Set((Wheel(), variant("demo-cpu")), _expecting_too("Demo_CPU*")),
        where="Demo_CPU*",
    ),
    ReleaseCase(
        "REL008",
        Set((linux(), windows()), _expecting(_EXPECT[0])),
        Set((linux(),), _expecting(_EXPECT[0])),
        where="demo-1.0-py3-none-win_amd64.whl",
    ),
    ReleaseCase(
        "REL008",
        Set((Wheel(), Wheel(name="other")), _expecting("py3-*")),
        Set((Wheel(), Wheel(name="other"))),
        where="other-1.0-py3-none-any.whl",
    ),
    ReleaseCase(
        "REL009",
        Set(_PAIR),
        Set(_PAIR, Policy(exclusive=(("demo-cpu", "Demo_CPU.avx512"),))),
        where="demo-cpu, demo-cpu-avx512",
        says=("the same 2 paths", "shared/__init__.py, shared/core.py"),
    ),
    ReleaseCase(
        "REL009",
        Set(_PAIR, Policy(exclusive=(("demo-cpu",), ("demo-cpu-avx512",)))),
        Set(_PAIR, Policy(exclusive=(("demo-cpu", "Demo_CPU.*"),))),
    ),
    ReleaseCase(
        "REL009",
        _running("console_scripts"),
        _running("group"),
        says=("(scripts)/run", "the same path"),
    ),
    ReleaseCase(
        "REL009",
        _on("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
        _on("manylinux2014_x86_64", "manylinux_2_28_aarch64"),
    ),
    ReleaseCase(
        "REL009",
        _on("macosx_11_0_universal2", "macosx_12_0_arm64"),
        _on("macosx_11_0_universal2", "win_arm64"),
    ),
    *(
        ReleaseCase("REL009", _for(one, meets), _for(one, never), says=("the same 2 paths",))
        for one, meets, never in (
            ("cp311-cp311-win32", "cp311-cp311-win32", "cp312-cp312-win32"),
            ("cp39-abi3-win32", "cp312-cp312-win32", "cp38-cp38-win32"),
            ("cp39-abi3-win32", "cp313-cp313-win32", "cp313-cp313t-win32"),
            ("cp313-cp313t-win32", "cp313-none-win32", "cp313-cp313-win32"),
            ("py38-none-any", "cp311-cp311-win32", "cp37-cp37m-win32"),
            ("pp310-pypy310_pp73-win32", "py3-none-any", "cp310-cp310-win32"),
            ("py3-none-any", "py2.py3-none-any", "py2-none-any"),
            (
                "py3-none-macosx_10_9_intel",
                "py3-none-macosx_10_9_x86_64",
                "py3-none-macosx_11_0_arm64",
            ),
        )
    ),
    ReleaseCase(
        "REL009",
        _requiring(">=3.11", ">=3.9"),
        _requiring(">=3.11", "<3.11"),
        says=("the same 2 paths",),
    ),
    ReleaseCase(
        "REL009",
        _spelled("py3-none-any"),
        _spelled("py3-none-manylinux_2_28_x86_64"),
        says=("the same path", "Shared/core.py = shared/core.py"),
    ),
    ReleaseCase("REL009", _spelled("py3-none-macosx_11_0_arm64"), says=("the same path",)),
    ReleaseCase(
        "REL010",
        Set((linux("Requires-Dist: torch==2.5.1+cpu; python_version > '3'"),)),
        Set((linux(*(f"Requires-Dist: {it}" for it in ("torch==2.5.1", "a==1.*", "b===x", "!"))),)),
        where="Requires-Dist",
        says=("2.5.1+cpu", "torch"),
    ),
    ReleaseCase(
        "REL016",
        Set((_compiled("demo"), _compiled("demo-fast")), _EITHER),
        Set((_compiled("demo"), _compiled("demo-fast", "addps %xmm0, %xmm1")), _EITHER),
        says=("demo-1.0", "SHA-256"),
    ),
    _malformed("rule", "names no rule", rule=""),
    _malformed("rule", "no such rule", "VER033", "VER003?", rule="VER033"),
    _malformed("rule", "no such rule", "docs/rules", rule="nothing"),
    _malformed("rule", "this rule is retired", "IMP002, in its place", rule="INST007"),
    _malformed("rule", "cannot be waived", rule="ZIP012"),
    _malformed("rule", "cannot be waived", "PyPI refuses it", rule="VER002"),
    _malformed("rule", "cannot be waived", rule="VER000"),
    _malformed("rule", "cannot be waived", rule="REL013"),
    _malformed("artifacts", "a pattern", artifacts=""),
    _malformed("reason", "no reason", reason=" "),
    _malformed("until", "no last day", "2027-01-31", until=None),
    ReleaseCase(
        "REL012",
        Set((STALE,), waiving(until=date(2026, 11, 19))),
        Set((STALE,), waiving(until=date(2026, 11, 20))),
        where="waivers[0]",
        says=("2026-11-19", "VER003 for demo-*"),
    ),
    ReleaseCase("REL013", Set((Wheel(),), waiving()), Set((STALE,), waiving()), where="waivers[0]"),
    ReleaseCase(
        "REL013",
        Set((Wheel(),), waiving(), (Wheel(name="other", version="2"),)),
        Set((Wheel(),), waiving(artifacts="*"), (_STALE_OTHER,)),
    ),
    ReleaseCase(
        "REL013",
        Set((Wheel(),), waiving(rule="REL010")),
        Set((Wheel(),), waiving(rule="IMP002")),
        says=("REL010",),
    ),
    ReleaseCase(
        "REL014",
        Set((STALE,), waiving(artifacts="Demo-*")),
        Set((STALE,), waiving(artifacts="demo-1.0-py3-none-any.whl")),
        says=("no file name matches", "Demo-*"),
    ),
    ReleaseCase(
        "REL017",
        Set((variant("demo-lib", module="one"), variant("demo1-1b", module="two"))),
        Set((variant("demo-lib", module="one"), variant("demo1-2b", module="two"))),
        where="demo1_1b-1.0-py3-none-any.whl",
        says=("too much like demo-lib",),
    ),
    ReleaseCase(
        "REL017",
        Set((Wheel(name="py-yaml", metadata=_likened("PyYAML>=6", "a b")),)),
        Set((Wheel(name="py-yaml", metadata=_likened("py.yaml[x]", "yaml")),)),
        says=("too much like pyyaml",),
    ),
    ReleaseCase(
        "REL015",
        Set((_ANY, _SOURCE, _SOURCE_AGAIN)),
        Set((linux(), windows(), _SOURCE)),
        where="demo-1.0.tar.gz",
        says=("has a source distribution already, Demo-1.0.tar.gz",),
    ),
    ReleaseCase(
        "REL015",
        Set((_SOURCE, _SOURCE_AGAIN)),
        Set((_SOURCE, Sdist(name="other", pkg_info=metadata(name="other")))),
    ),
    ReleaseCase(
        "REL006",
        Set((_ANY,), others=(Sdist(version="0.9"),)),
        Set((_ANY,), others=(Sdist(name="other", version="0.9"),)),
        where="demo-0.9.tar.gz",
    ),
    ReleaseCase(
        "REL001",
        Set((linux("Summary: one"), Sdist(pkg_info=metadata("Summary: two")))),
        Set((linux("Summary: one", *_NEEDS), Sdist(pkg_info=_DYNAMIC))),
        where="demo, summary",
        says=("demo-1.0.tar.gz",),
    ),
)
