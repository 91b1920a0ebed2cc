"""What a project asks of its releases: a frozen policy, decoded from TOML.

In a pyproject.toml the policy is the table ``[tool.release-gates]``; in a file of its own the same
tables stand at the top level. Every key is declared once, on the dataclass below that holds it:
its name as users type it (kebab case), how it is decoded, its default and what it means. The
page docs/policy.md is generated from these declarations.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from release_tests.decoding import (
    OneOf,
    SomeOf,
    boolean,
    decode,
    groups,
    hours,
    jobs,
    key,
    mebibytes,
    minors,
    named,
    patterns,
    seconds,
    table,
    tables,
    text,
    texts,
    url,
    urls,
    variables,
)
from release_tests.errors import PolicyError
from release_tests.github import GitHubPolicy
from release_tests.smoke import Smoke
from release_tests.variants import Variant
from release_tests.waivers import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TABLE = ("tool", "release-gates")

OWN, THIRD_PARTY = "own", "third-party"
PROFILES = (OWN, THIRD_PARTY)
"""Whose wheels are verified: what is only a matter of taste is advice in those of others."""

PIP, UV = "pip", "uv"
INSTALLERS = (PIP, UV)
"""What makes the clean environments and installs into them."""

SUCCESS, FAILURE, CONFIRMATION = "success", "failure", "confirmation"
OCCASIONS = (SUCCESS, FAILURE, CONFIRMATION)
"""What people can be told of by the publisher."""

OPTIONAL, REQUIRED = "optional", "required"
"""The words that ``staging`` takes."""

CPU = "cpu"
"""The one word that ``torch`` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPolicy:
    """Where an index is, and where its credentials are."""

    repository: str | None = key(
        text,
        "The index's name in twine's own table of repositories or in `.pypirc`.",
        default=None,
    )
    upload_url: str | None = key(
        url, "Where files are uploaded, when the index is known by no name.", default=None
    )
    simple_url: str | None = key(
        url, "The root of its simple API, when it cannot be told from the name.", default=None
    )
    username: str = key(text, "The user name that goes with the token.", default="__token__")
    token_env: str | None = key(
        text, "The variable, in the environment or in `.env`, that holds the token.", default=None
    )
    deadline: float = key(
        seconds,
        "Seconds to wait until an uploaded file appears; ten to fifteen minutes are normal.",
        default=1200.0,
    )
    jobs: int | None = key(
        jobs,
        "The most files that are uploaded to it at once, where it allows fewer than `--jobs` asks "
        "for; by default there is no such limit.",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexesPolicy:
    """The two indexes of a release."""

    staging: IndexPolicy = key(
        table(IndexPolicy),
        "Where files go first and are fetched back from. By default TestPyPI, by its name.",
        default=IndexPolicy,
    )
    production: IndexPolicy = key(
        table(IndexPolicy),
        "Where users install from. By default PyPI, by its name.",
        default=IndexPolicy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPolicy:
    """How the install gate installs and imports."""

    installer: str = key(
        OneOf(INSTALLERS),
        "What makes the environments and installs: virtualenv and its `pip`, or `uv`, from PATH "
        "or its package (also `--installer`). How it was done stands in the evidence.",
        default=PIP,
    )
    pythons: tuple[str, ...] | None = key(
        minors,
        "The Pythons that a wheel is tried on, each that it is for. One of them that this machine "
        "lacks is a finding. By default the lowest and the highest that Requires-Python, the "
        "wheel's tags and this machine allow.",
        default=None,
    )
    index_url: str | None = key(
        url,
        "The simple API that dependencies come from; by default the one that pip on this machine "
        "is set up for.",
        default=None,
    )
    extra_indexes: tuple[str, ...] = key(
        urls,
        "Further simple APIs that dependencies come from, those that users are told of, such as "
        "that of CPU builds. No other one is asked, whatever this machine is set up for.",
        default=(),
    )
    upgrade: bool = key(
        boolean,
        "Whether the wheel is also installed over the last version that users can install.",
        default=False,
    )
    deadline: float = key(
        seconds, "Seconds for the installation with its dependencies.", default=1800.0
    )
    import_deadline: float = key(seconds, "Seconds for the import of one module.", default=120.0)
    memory: int = key(
        mebibytes,
        "MiB of memory that a process running the wheel's code may take for its data. What it maps "
        "of files, such as libraries, does not count on Linux. Generous by default, since large "
        "frameworks reserve much that they never touch.",
        default=16384,
    )
    network: bool = key(
        boolean,
        "Whether what runs the wheel's code has a network (also `--no-network`). Where the system "
        "cannot cut it off, the evidence says so.",
        default=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulationPolicy:
    """On which processors wheels are imported that this machine does not have."""

    processors: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "For each distribution (a name or a pattern) the processors, as `qemu-x86_64 -cpu help` "
        "calls them, on which its modules have to import; see docs/cpu.md. Names that begin with "
        "`cortex-`, `neoverse-` or `a64fx` are Arm's, the others x86's.",
        default=(),
    )
    deadline: float = key(
        seconds, "Seconds for the import of one module on one processor.", default=600.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolicy:
    """How the source tree is asked for its version (`--source`)."""

    env: tuple[tuple[str, str], ...] = key(
        variables,
        "Variables that the build back end needs to tell the version, as in "
        '`{ SETUPTOOLS_SCM_PRETEND_VERSION = "1.0" }`. It gets hardly any others.',
        default=(),
    )
    deadline: float = key(seconds, "Seconds for each of the back end's hooks.", default=300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsPolicy:
    """Who is told of a release; see docs/record.md."""

    urls_env: str = key(
        text,
        "The variable, in the environment or in `.env`, that holds the addresses of apprise's "
        "services, separated by spaces. Without it nobody is told. It needs the extra `notify`.",
        default="RELEASE_GATES_NOTIFY",
    )
    when: tuple[str, ...] = key(
        SomeOf(OCCASIONS),
        "What they are told of: that a release was published, that it was not, and that the "
        "publisher waits for a `yes`.",
        default=OCCASIONS,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What this project asks for; without a file, every default."""

    imports: tuple[str, ...] | None = key(
        texts,
        "The modules that users import: each must be in the wheel and is imported after the "
        "installation. By default the wheel's top-level packages and modules.",
        default=None,
    )
    import_all: bool = key(
        boolean,
        "Import every public submodule of these, too, each in a process of its own: those in whose "
        "names no part begins with an underscore.",
        default=False,
    )
    import_all_except: tuple[str, ...] = key(
        texts,
        "Patterns (`*`, `?`, `[…]`) of the submodules that `import-all` leaves out, as in "
        "`demo.testing*`.",
        default=(),
    )
    commands: tuple[tuple[str, tuple[str, ...]], ...] | None = key(
        patterns,
        'The console commands that have to start, and with which words, as in `{ demo = ["--help"] '
        "}`: each ends with exit code 0 and says something. By default every command of the wheel "
        "is asked `--help`, else `--version`, and what does not answer is advice.",
        default=None,
    )
    smoke: tuple[Smoke, ...] = key(
        tables(Smoke),
        "Tests of the project's own that are run where the wheel is installed; see "
        "docs/importing.md.",
        default=(),
    )
    top_level: tuple[str, ...] | None = key(
        texts,
        "The only top-level names that the wheel may install. By default any that do not look "
        "like leftovers (`tests`, `docs`, `setup.py`, …).",
        default=None,
    )
    version_modules: tuple[str, ...] | None = key(
        texts,
        "The modules whose `__version__` must be the release's. By default the module named like "
        "the project, or the only one there is.",
        default=None,
    )
    max_age_hours: float = key(
        hours, "How old evidence may be, in hours, when it is published on.", default=72.0
    )
    profile: str = key(
        OneOf(PROFILES),
        "Whose wheels they are. In those of others (`third-party`, also `--profile third-party`) "
        "what is only a matter of taste, or bars a new upload alone, is advice; nothing verified "
        "so is ever published.",
        default=OWN,
    )
    torch: str | None = key(
        OneOf((CPU,)),
        "What torch the wheels are for. `cpu`: nothing in them, and nothing that is installed with "
        "them, may want CUDA, ROCm or XPU. By default this is not asked.",
        default=None,
    )
    provided_by: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "Libraries that need not lie in the wheel: for each dependency that brings some (a name or "
        "a pattern, or `system` for what every machine has that the wheel is for) patterns of "
        "their file names. What torch and some others bring is known without it.",
        default=(),
    )
    expect: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "The wheels that a release must hold: for each project (a name or a pattern) patterns of "
        "tags, each of which at least one wheel must have, as in `cp312-*-manylinux*_x86_64`.",
        default=(),
    )
    exclusive: tuple[tuple[str, ...], ...] = key(
        groups,
        "Distributions, by names or patterns, of which users install one only: they may bring the "
        "same files.",
        default=(),
    )
    variants: tuple[tuple[str, Variant], ...] = key(
        named(Variant),
        "What processors the code of each distribution is for, by its name or a pattern: a name "
        "goes before patterns, and of several patterns the first that fits holds; see docs/cpu.md.",
        default=(),
    )
    waivers: tuple[Waiver, ...] = key(
        tables(Waiver),
        "Rules that are set aside for named artifacts until a day; see docs/waivers.md.",
        default=(),
    )
    install: InstallPolicy = key(
        table(InstallPolicy), "How the install gate works.", default=InstallPolicy
    )
    emulation: EmulationPolicy = key(
        table(EmulationPolicy),
        "On which other processors, emulated by qemu, the modules have to import.",
        default=EmulationPolicy,
    )
    source: SourcePolicy = key(
        table(SourcePolicy),
        "How the source tree is asked for its version, where `--source` names one.",
        default=SourcePolicy,
    )
    staging: str = key(
        OneOf((OPTIONAL, REQUIRED)),
        "Whether the publisher may leave out the staging index when it is told to "
        "(`--skip-test-pypi`): `optional`, or `required`, and then never.",
        default=OPTIONAL,
    )
    indexes: IndexesPolicy = key(
        table(IndexesPolicy), "Where the release goes.", default=IndexesPolicy
    )
    github: GitHubPolicy = key(
        table(GitHubPolicy),
        "The release at GitHub that the files are attached to; see docs/github.md.",
        default=GitHubPolicy,
    )
    notifications: NotificationsPolicy = key(
        table(NotificationsPolicy), "Who is told of it.", default=NotificationsPolicy
    )

    def fingerprint(self) -> str:
        """SHA-256 of what the gates are judged by, as hex.

        Where the release goes and who is told of it is no part of it, nor is the program that
        installs, as either will do, nor whether code was kept from the network, which only asks
        more of it.
        """
        facts = dataclasses.asdict(self)
        for name in ("staging", "indexes", "github", "notifications", "max_age_hours"):
            del facts[name]
        for name in ("installer", "network"):
            del facts["install"][name]
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy and the file that it stands in; no file means that every default holds."""

    policy: Policy
    path: Path | None

    def __str__(self) -> str:
        """Return the file, as it is shown in headers and reports."""
        return str(self.path) if self.path else "none (every default holds)"


def load(path: Path) -> PolicySource:
    """Read the policy in *path*, a pyproject.toml or a file of its own; raise PolicyError."""
    found = _read(path)
    if path.name == "pyproject.toml":
        found = _dig(found, TABLE) or {}
    try:
        return PolicySource(decode(Policy, ".".join(TABLE), found), path)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error.what}", remedy=error.remedy) from None


def find(directories: Iterable[Path], invocation: Path) -> PolicySource:
    """Find the policy of the project that is being released.

    Looked for is the nearest pyproject.toml with a ``[tool.release-gates]`` table, from each of
    *directories* (where the artifacts lie) upwards, then from *invocation* upwards. Two
    directories with different policies raise PolicyError.
    """
    found = {path for start in directories if (path := _nearest(start)) is not None}
    if len(found) > 1:
        raise PolicyError(
            "the artifacts belong to projects with different policies: "
            + ", ".join(sorted(map(str, found))),
            remedy="Verify them one project at a time, or name one policy with --release-config.",
        )
    path = next(iter(found), None) or _nearest(invocation)
    return load(path) if path else PolicySource(Policy(), None)


def _nearest(start: Path) -> Path | None:
    return next((path for path in _candidates(start) if _dig(_read(path), TABLE) is not None), None)


def _candidates(start: Path) -> Iterator[Path]:
    resolved = start.resolve()
    for directory in (resolved, *resolved.parents):
        path = directory / "pyproject.toml"
        if path.is_file():
            yield path


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except (
        OSError,
        ValueError,
        RecursionError,
    ) as error:  # no UTF-8, no TOML, or beyond all measure
        raise PolicyError(
            f"{path}: cannot be read as TOML: {error}",
            remedy="Mend the file, or name another with --release-config.",
        ) from error


def _dig(data: Mapping[str, Any], names: Iterable[str]) -> Any:
    value: Any = data
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value
