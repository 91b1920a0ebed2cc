"""The gate ``installed-torch``: builds of torch, and what comes and fits with them."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from release_tests.findings import NotApplicable
from release_tests.gates.catalogue import rules_of
from release_tests.gates.installed_torch import built_for, check
from release_tests.policy import CPU, Policy
from release_tests.process import run
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.trials import Trials
from tests import forge
from tests.gates.trials import here, offline, on, tried
from tests.sandbox.pythons import INSTALLERS

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.sandbox.observed import Trial

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="extensions are compiled")

POLICY = Policy(torch=CPU)
_VERSION = (
    "from typing import Optional\n__version__ = '{0}'\ncuda: Optional[str] = {1}\nhip = None\n"
)
_LOADS = """
import ctypes, pathlib
ctypes.CDLL(str(pathlib.Path(__file__).with_name("libcudart.so.13")))
"""
_UNFIT = "raise RuntimeError('operator torchvision::nms does not exist')\n"


def _requiring(name: str, version: str, *requirements: str) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += ["Provides-Extra: gpu"]
    return "\n".join([*lines, *(f"Requires-Dist: {item}" for item in requirements), "", ""])


def _wheel(
    name: str, version: str, files: dict[str, forge.Content], *requirements: str
) -> forge.Wheel:
    metadata = _requiring(name, version, *requirements)
    return forge.Wheel(name=name, version=version, files=files, metadata=metadata)


def _torch(version: str, cuda: str, code: str = "", *requirements: str) -> forge.Wheel:
    files: dict[str, forge.Content] = {
        "torch/__init__.py": f"{code}\nfrom torch import version\n__version__ = '{version}'\n",
        "torch/version.py": _VERSION.format(version, cuda),
    }
    return _wheel("torch", version, files, *requirements)


def _compiled(directory: Path, name: str, code: str) -> bytes:
    """Compile C code into a shared library, whatever it leaves undefined."""
    source, made = directory / f"{name}.c", directory / name
    source.write_text(code)
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    run(["cc", "-shared", "-fPIC", "-o", made, source], deadline=60, env=env)
    return made.read_bytes()


@dataclass(frozen=True)
class Seen:
    """A real trial, and what is found."""

    wheel: ArtifactFacts
    trial: Trial
    findings: tuple[Finding, ...]

    def again(self, **changes: object) -> list[Finding]:
        """Judge the trial with something of it changed."""
        changed = dataclasses.replace(self.trial, **changes)  # type: ignore[arg-type]
        answer = check(Trials((changed,)), self.wheel, POLICY)
        assert isinstance(answer, list)
        return answer


def _seen(demo: forge.Wheel, links: list[forge.Wheel], directory: Path, policy: Policy) -> Seen:
    for wheel in links:
        wheel.write(directory / "links")
    with offline(directory / "links"):
        facts, trials = tried(demo, directory / "dist", policy)
    answer = check(trials, facts, policy)
    assert isinstance(answer, list)
    return Seen(facts, trials.trials[0], tuple(answer))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return a trial of a wheel whose torch, extension and companion are for the CPU."""
    directory = tmp_path_factory.mktemp("good")
    files: dict[str, forge.Content] = {
        "demo/__init__.py": "",
        "demo/_C.so": _compiled(directory, "_C.so", "int here(void) { return 1; }\n"),
    }
    demo = _wheel("demo", "1.0", files, "torch==2.13.0+cpu", "torchvision")
    vision = _wheel("torchvision", "0.28.0+cpu", {"torchvision/__init__.py": "import torch\n"})
    return _seen(demo, [_torch("2.13.0+cpu", "None"), vision], directory, here(POLICY))


@pytest.fixture(scope="module", params=INSTALLERS, ids="-".join)
def bad(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return a trial of a wheel that breaks all rules but those about what is not there."""
    directory = tmp_path_factory.mktemp("bad")
    lacking = (
        "int lacking_in_torch(void), lacking_too(void), puts(const char *);\n"
        "int never_missed(void) __attribute__((weak));\n"
        'int f(void) { return lacking_in_torch() + lacking_too() + puts("")\n'
        "    + (never_missed ? never_missed() : 0); }\n"
    )
    files: dict[str, forge.Content] = {
        "demo/__init__.py": _LOADS,
        "demo/libcudart.so.13": _compiled(directory, "libcudart.so.13", "int f;\n"),
        "demo/_C.abi3.so": _compiled(directory, "_C.abi3.so", lacking),
    }
    demo = _wheel("demo", "1.0", files, "torch==2.13.0", "torchvision", "helper[gpu]")
    cublas = _wheel("nvidia-cublas", "13.0", {"nvidia/cublas/__init__.py": ""})
    links = [
        _torch("2.13.0", "'13.0'", "", "nvidia-cublas"),
        cublas,
        _wheel(
            "helper",
            "1.0",
            {"helper.py": ""},
            "triton; python_version > '3' and extra == 'GPU'",
            "nvidia-ml-py; python_version > '3'",
            "never; extra == 'x'",
        ),
        _wheel("triton", "3.9.0", {"triton.py": ""}),
        _wheel("nvidia-ml-py", "13.0", {"pynvml.py": ""}),
        _wheel("torchvision", "0.28.0", {"torchvision/__init__.py": _UNFIT}),
    ]
    return _seen(demo, links, directory, on(POLICY, request.param[1], request.param[0]))


def test_a_build_for_the_cpu_breaks_no_rule(good: Seen) -> None:
    """A torch, an extension and a companion for the CPU are as they should be."""
    assert good.findings == ()
    assert good.trial.torch
    assert good.trial.torch.extensions["demo/_C.so"].imported


BROKEN = {
    "ITORCH002": ("torch.version", ("2.13.0", "CUDA 13.0", "a build for the CPU")),
    "ITORCH003": ("nvidia-cublas", ("nvidia-cublas 13.0", "required by: torch")),
    "ITORCH004": ("triton", ("triton 3.9.0", "required by: helper")),
    "ITORCH005": ("import demo", ("CUDA", "site-packages/demo/libcudart.so.13")),
    "ITORCH006": ("demo/_C.abi3.so", ("2 symbols are not in it", "2.13.0", "\nlacking_too")),
    "ITORCH008": ("torchvision", ("torchvision 0.28.0", "operator torchvision::nms")),
}
"""The rules that the bad wheel breaks, where, and what is shown."""


@pytest.mark.parametrize("rule", BROKEN)
def test_each_defect_is_found_once(bad: Seen, rule: str) -> None:
    """Every rule is broken at its place, with what a maintainer has to know."""
    (finding,) = [one for one in bad.findings if one.rule == rule]
    where, says = BROKEN[rule]
    shown = f"{finding.message} {finding.expected} {finding.found}"
    assert finding.where == f"Python {bad.trial.interpreter.minor}: {where}"
    assert [words for words in says if words not in shown] == []


def test_all_symbols_are_named_that_torch_lacks(bad: Seen) -> None:
    """The loader says the first one; those that the system brings and weak ones are not missed."""
    assert bad.trial.torch
    assert set(bad.trial.torch.undefined["demo/_C.abi3.so"]) == {"lacking_in_torch", "lacking_too"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "it does not load"),
        (("_Z1a",), "the symbol _Z1a is not in it"),
        (
            tuple(f"_Z{at}" for at in range(101)),
            "101 symbols are not in it, of which 100",
        ),
    ],
)
def test_what_is_missing_is_counted(bad: Seen, names: tuple[str, ...], said: str) -> None:
    """One symbol stands in the message, many are counted, none is another reason."""
    assert bad.trial.torch
    report = next(iter(bad.trial.torch.extensions.values()))
    report = dataclasses.replace(report, loading=("file too short",))
    torch = dataclasses.replace(
        bad.trial.torch, extensions={"_C.so": report}, undefined={"_C.so": names}
    )
    (finding,) = [one for one in bad.again(torch=torch) if one.rule == "ITORCH006"]
    assert said in finding.message


def test_nothing_else_is_found(bad: Seen) -> None:
    """What is harmless, such as the management library of NVIDIA's driver, is no finding."""
    assert {finding.rule for finding in bad.findings} == set(BROKEN)


def test_a_build_for_cuda_that_does_not_even_import(tmp_path: Path) -> None:
    """Without its libraries it names one of them; that it is for CUDA stands in its version.py."""
    code = "raise OSError('libcudart.so.13: cannot open shared object file')"
    demo = _wheel("demo", "1.0", {"demo.py": ""}, "torch")
    seen = _seen(demo, [_torch("2.13.0", "'13.0'", code)], tmp_path, here(POLICY))
    assert [finding.rule for finding in seen.findings] == ["ITORCH001", "ITORCH002"]
    assert "libcudart.so.13" in seen.findings[0].found


def test_no_torch_at_all(tmp_path: Path) -> None:
    """A wheel for torch's CPU build that brings no torch is found (ITORCH001)."""
    seen = _seen(forge.Wheel(), [], tmp_path, here(POLICY))
    assert [finding.rule for finding in seen.findings] == ["ITORCH001"]


def test_another_torch_than_the_pinned_one(good: Seen) -> None:
    """An installed torch that the wheel's requirement does not take is found (ITORCH007)."""
    for version in ("2.13.0+cu130", "2.14.0"):
        (finding,) = good.again(installed={**good.trial.installed, "torch": version})
        assert (finding.rule, finding.expected) == ("ITORCH007", "torch==2.13.0+cpu")
        assert finding.found == version


@pytest.mark.parametrize(("word", "named"), [("cuda", "CUDA"), ("hip", "ROCm"), ("xpu", "XPU")])
def test_every_accelerator_is_told_by_its_name(good: Seen, word: str, named: str) -> None:
    """What the running torch says of its build counts, and not whether it sees a device."""
    torch = good.trial.torch
    assert torch
    said = {**torch.report.attributes, f"version.{word}": "7.0"}
    changed = dataclasses.replace(torch, report=dataclasses.replace(torch.report, attributes=said))
    assert built_for(changed) == {named: "7.0"}
    assert [finding.rule for finding in good.again(torch=changed)] == ["ITORCH002"]


def test_a_companion_that_fails_for_another_reason(bad: Seen) -> None:
    """One that lacks something else, such as a codec, is not called unfit for torch."""
    torch = bad.trial.torch
    assert torch
    (one,) = torch.companions
    assert one.report.raised
    raised = dataclasses.replace(one.report.raised, message="libavutil.so.56: cannot open")
    codec = dataclasses.replace(one, report=dataclasses.replace(one.report, raised=raised))
    changed = dataclasses.replace(torch, companions=(codec,))
    assert "ITORCH008" not in {finding.rule for finding in bad.again(torch=changed)}
    lacking = dataclasses.replace(codec, reasons=("libc10_cuda.so: cannot open shared object",))
    changed = dataclasses.replace(torch, companions=(lacking,))
    (finding,) = [one for one in bad.again(torch=changed) if one.rule == "ITORCH008"]
    assert "a build for CUDA" in finding.message


def test_is_asked_only_where_the_policy_says_so(good: Seen) -> None:
    """Without a word of the policy there is nothing to ask."""
    answer = check(Trials((good.trial,)), good.wheel, Policy())
    assert isinstance(answer, NotApplicable)


def test_nothing_observed_is_never_good(good: Seen) -> None:
    """No interpreter, no installation and no look at torch are findings, not passes."""
    silent: list[Trials | NoInterpreter] = [
        NoInterpreter("there is none"),
        Trials(),
        Trials((dataclasses.replace(good.trial, steps=()),)),
        Trials((dataclasses.replace(good.trial, torch=None),)),
    ]
    for tried_one in silent:
        answer = check(tried_one, good.wheel, POLICY)
        assert isinstance(answer, list)
        assert [one.rule for one in answer] == ["ITORCH000"]


def test_every_rule_has_a_case() -> None:
    """A rule that no test breaks is found here."""
    tested = {"ITORCH000", "ITORCH001", "ITORCH007", *BROKEN}
    assert tested == {rule.id for rule in rules_of("installed-torch")}
