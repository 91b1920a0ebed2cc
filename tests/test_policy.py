"""The policy: found, decoded, and refused with the key's name."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest

from release_tests import policy
from release_tests.errors import PolicyError
from release_tests.policy import IndexPolicy, InstallPolicy, Policy
from release_tests.smoke import Smoke
from release_tests.waivers import Waiver

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "[tool.release-gates]\n"


def _project(directory: Path, text: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "pyproject.toml"
    path.write_text(text)
    return path


def test_every_key_is_decoded(tmp_path: Path) -> None:
    """Kebab case on the file's side, the dataclasses on ours."""
    path = tmp_path / "release.toml"
    path.write_text(
        """
imports = ["demo", "demo.core"]
top-level = ["demo"]
version-modules = ["demo"]
max-age-hours = 12
import-all = true
import-all-except = ["demo.testing*"]
commands = { demo = ["--version"] }
torch = "cpu"
profile = "third-party"
exclusive = [["demo", "demo-*"]]

[expect]
demo = ["cp312-*-manylinux*_x86_64"]

[[waivers]]
rule = "VER003"
artifacts = "demo-*"
reason = "mended in 1.1"
until = 2027-01-31

[install]
index-url = "http://127.0.0.1:8080/simple/"
deadline = 60
import-deadline = 1.5

[[smoke]]
run = "smoke.py"
env = { DEMO_MODE = "fast" }
preload = ["libdemo.so"]
requirements = ["helper>=1"]
without = ["torchvision"]
deadline = 7

[source]
env = { DEMO_VERSION = "1.0" }
deadline = 9

[indexes.staging]
upload-url = "http://127.0.0.1:8081/"
simple-url = "http://127.0.0.1:8081/simple/"
username = "me"
token-env = "MY_TOKEN"
deadline = 5

[indexes.production]
repository = "internal"
"""
    )
    found = policy.load(path).policy
    assert found == Policy(
        imports=("demo", "demo.core"),
        top_level=("demo",),
        version_modules=("demo",),
        max_age_hours=12.0,
        import_all=True,
        import_all_except=("demo.testing*",),
        commands=(("demo", ("--version",)),),
        torch="cpu",
        smoke=(
            Smoke(
                run="smoke.py",
                env=(("DEMO_MODE", "fast"),),
                preload=("libdemo.so",),
                requirements=("helper>=1",),
                without=("torchvision",),
                deadline=7.0,
            ),
        ),
        profile="third-party",
        exclusive=(("demo", "demo-*"),),
        expect=(("demo", ("cp312-*-manylinux*_x86_64",)),),
        waivers=(
            Waiver(
                rule="VER003",
                artifacts="demo-*",
                reason="mended in 1.1",
                until=date(2027, 1, 31),
            ),
        ),
        install=InstallPolicy(
            index_url="http://127.0.0.1:8080/simple/", deadline=60.0, import_deadline=1.5
        ),
        source=policy.SourcePolicy(env=(("DEMO_VERSION", "1.0"),), deadline=9.0),
        indexes=policy.IndexesPolicy(
            staging=IndexPolicy(
                upload_url="http://127.0.0.1:8081/",
                simple_url="http://127.0.0.1:8081/simple/",
                username="me",
                token_env="MY_TOKEN",
                deadline=5.0,
            ),
            production=IndexPolicy(repository="internal"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        ("import = ['demo']", "unknown key `import`", "Did you mean `imports`?"),
        ("max_age_hours = 3", "unknown key `max_age_hours`", "Did you mean `max-age-hours`?"),
        ("zzzzzz = 1", "unknown key `zzzzzz`", "Known here: commands, emulation, exclusive, "),
        ("[install]\nindex = 'x'", "install: unknown key `index`", "`index-url`"),
        ("imports = 'demo'", "imports: expected a list of strings, found a string", "docs/policy"),
        ("imports = ['demo', 3]", "imports[1]: expected a string that is not empty", "docs/policy"),
        ("max-age-hours = '3'", "max-age-hours: expected a number greater than 0", "docs/policy"),
        ("max-age-hours = true", "greater than 0, found a boolean (True)", "docs/policy"),
        ("max-age-hours = 0", "greater than 0, found a number (0)", "docs/policy"),
        ("max-age-hours = nan", "greater than 0, found a number (nan)", "docs/policy"),
        ("max-age-hours = inf", "at most 87600, which is ten years, found a number (inf)", "docs"),
        ("max-age-hours = 87601", "at most 87600, which is ten years", "docs/policy"),
        ("[install]\ndeadline = 1e300", "install.deadline: expected at most 315360000", "docs"),
        ("imports = 2026-11-20", "found a date or a time (datetime.date(2026, 11, 20))", "docs"),
        ("imports = 07:32:00", "found a date or a time", "docs"),
        (f"max-age-hours = {'9' * 5000}", "cannot be read as TOML", "--release-config"),
        (f"imports = {'[' * 5000}", "cannot be read as TOML", "--release-config"),
        ("install = 3", "install: expected a table, found a number", "docs/policy"),
        ("[indexes.staging]\nsimple-url = 'ftp://x'", "staging.simple-url: expected an", "docs"),
        ("profile = 'theirs'", "profile: expected one of `own`, `third-party`", "docs/policy"),
        ("exclusive = ['demo']", "exclusive[0]: expected a list of strings", "docs/policy"),
        ("exclusive = 'demo'", "exclusive: expected a list of lists of strings", "docs/policy"),
        ("expect = ['demo']", "expect: expected a table of lists of strings", "docs/policy"),
        ("expect = {demo = 'x'}", "expect.demo: expected a list of strings", "docs/policy"),
        ("[source]\nenv = ['x']", "source.env: expected a table of strings", "docs/policy"),
        ("[source]\nenv = {'a=b' = 'x'}", "expected names of environment variables", "docs"),
        ("[source]\nenv = {a = 3}", "source.env.a: expected a string, found a number", "docs"),
        ('[source]\nenv = {a = "\\u0000"}', "source.env.a: expected a string", "docs"),
        ("import-all = 1", "import-all: expected true or false, found a number", "docs/policy"),
        ("torch = 'gpu'", "torch: expected one of `cpu`", "docs/policy"),
        ("commands = ['demo']", "commands: expected a table of lists of strings", "docs/policy"),
        ("smoke = [{}]", "smoke[0]: the key `run` is missing", "Required"),
        ("smoke = [{run = ''}]", "smoke[0].run: expected a string that is not empty", "docs"),
        ("waivers = {}", "waivers: expected a list of tables, found a table", "docs/policy"),
        ("waivers = ['x']", "waivers[0]: expected a table, found a string", "docs/policy"),
        ("waivers = [{untill = 2027-01-31}]", "unknown key `untill`", "Did you mean `until`?"),
        ("imports = 2027-01-31", "a list of strings, found a date or a time", "docs/policy"),
        ("not toml", "cannot be read as TOML", "--release-config"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, where: str, remedy: str) -> None:
    """The file, the key, what was expected and found, and the nearest known key."""
    path = _project(tmp_path, text if text == "not toml" else _nested(text))
    with pytest.raises(PolicyError) as caught:
        policy.load(path)
    assert str(path) in caught.value.what
    assert where in caught.value.what
    assert remedy in caught.value.remedy
    assert isinstance(caught.value, ValueError)


def test_a_file_of_its_own_has_no_table_of_a_pyproject(tmp_path: Path) -> None:
    """Whoever copies the table into one is told where its keys stand there."""
    path = tmp_path / "release.toml"
    path.write_text("[tool.release-gates]\ntorch = 'cpu'\n")
    with pytest.raises(PolicyError, match=r"there is a table `\[tool.release-gates\]`") as caught:
        policy.load(path)
    assert "In a file of its own every key stands without it" in caught.value.remedy


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """What the system answers is told, and not taken for a mistake in the file."""
    with pytest.raises(PolicyError, match="cannot be read: No such file or directory"):
        policy.load(tmp_path / "release.toml")


@pytest.mark.parametrize(
    ("text", "waiver"),
    [
        ("{}", Waiver()),
        ("{rule = 3, artifacts = ['*'], reason = true}", Waiver()),
        ("{rule = 'X', until = '2027-01-31'}", Waiver(rule="X")),
        ("{until = 2027-01-31T10:00:00Z}", Waiver()),
        ("{until = 10:00:00}", Waiver()),
    ],
)
def test_a_malformed_waiver_is_a_value(tmp_path: Path, text: str, waiver: Waiver) -> None:
    """What it lacks is judged by the gate release, together with everything else."""
    found = policy.load(_project(tmp_path, f"{TABLE}waivers = [{text}]")).policy
    assert found.waivers == (waiver,)
    assert found.fingerprint() != Policy().fingerprint()


def _nested(text: str) -> str:
    return (
        TABLE + text.replace("\n[", "\n[tool.release-gates.")
        if text[0] != "["
        else text.replace("[", "[tool.release-gates.", 1)
    )


def test_the_nearest_table_above_the_wheels_is_taken(tmp_path: Path) -> None:
    """A pyproject.toml without the table is passed over on the way up."""
    outer = _project(tmp_path / "mono", TABLE + "max-age-hours = 1")
    _project(tmp_path / "mono" / "part", "[project]\nname = 'part'\n")
    dist = tmp_path / "mono" / "part" / "dist"
    dist.mkdir()
    assert policy.find([dist], tmp_path).path == outer


def test_the_invocation_directory_comes_second(tmp_path: Path) -> None:
    """Where nothing lies above the wheels, the directory of the command decides; then nothing."""
    here = _project(tmp_path / "here", TABLE)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    assert policy.find([wheels], here.parent).path == here
    nowhere = policy.find([wheels], wheels)
    assert nowhere.path is None
    assert nowhere.policy == Policy()
    assert "every default" in str(nowhere)


def test_two_projects_in_one_run_are_refused(tmp_path: Path) -> None:
    """Which of two policies holds is not guessed."""
    places = []
    for name in ("one", "two"):
        _project(tmp_path / name, TABLE)
        places.append(tmp_path / name)
    with pytest.raises(PolicyError, match="different policies"):
        policy.find(places, tmp_path)


def test_the_fingerprint_is_of_what_the_gates_are_judged_by() -> None:
    """Where the release goes and how old evidence may be do not void a run; the rest does."""
    base = Policy()
    same = dataclasses.replace(
        base,
        max_age_hours=1.0,
        indexes=policy.IndexesPolicy(staging=IndexPolicy(username="me")),
    )
    assert base.fingerprint() == same.fingerprint()
    waiver = Waiver(rule="VER003", until=date(2027, 1, 31))
    others = [
        dataclasses.replace(base, imports=("demo",)),
        dataclasses.replace(base, profile="third-party"),
        dataclasses.replace(base, exclusive=(("a", "b"),)),
        dataclasses.replace(base, expect=(("a", ("b",)),)),
        dataclasses.replace(base, waivers=(waiver,)),
        dataclasses.replace(base, waivers=(dataclasses.replace(waiver, until=date(2027, 2, 1)),)),
    ]
    assert len({one.fingerprint() for one in (base, *others)}) == len(others) + 1
