"""How a finding is mended with each build back end, where they differ; as data for the pages.

A topic says what holds for all of them once, and then only what is different for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BACK_ENDS = ("setuptools", "hatchling", "flit", "poetry", "maturin", "scikit-build-core")


@dataclass(frozen=True, slots=True)
class Topic:
    """``everywhere`` holds for all back ends, ``differing`` for the one named; ``example`` is TOML.

    ``everywhere`` and ``example`` may be empty.
    """

    everywhere: str = ""
    differing: Mapping[str, str] = field(default_factory=dict)
    example: str = ""


_FIELD_DIFFERS = {
    "setuptools": "What stands in setup.cfg or setup.py counts only where there is no `[project]` "
    "table, or where it names the field in `dynamic`.",
    "poetry": "Poetry before 2.0 reads `[tool.poetry]` only; later versions read it where "
    "`[project]` leaves the field out.",
    "maturin": "What `[project]` leaves out and names in `dynamic`, maturin takes from Cargo.toml.",
}


def _field(example: str) -> Topic:
    everywhere = "Set it in the `[project]` table of pyproject.toml, which all back ends read."
    return Topic(everywhere, _FIELD_DIFFERS, example)


_NEWER = Topic(
    "The back end decides on the version; its own release is chosen in `[build-system]`.",
    {
        "setuptools": '`requires = ["setuptools>=77"]` writes 2.4.',
        "hatchling": '`requires = ["hatchling>=1.27"]` writes 2.4, today\'s writes 2.5; '
        "`core-metadata-version` in `[tool.hatch.build.targets.wheel]` sets another one.",
        "flit": '`requires = ["flit_core>=3.11"]` writes 2.4, today\'s writes 2.5.',
        "poetry": '`requires = ["poetry-core>=2.2"]` writes 2.4.',
        "maturin": '`requires = ["maturin>=1.9"]` writes 2.4.',
        "scikit-build-core": "It writes the version that the fields in use ask for.",
    },
)
_DYNAMIC = Topic(
    "The back end writes Dynamic into METADATA; its own release is chosen in `[build-system]`.", {}
)
_VERSION = Topic(
    "Set `version` in `[project]`, or leave it out, name it in `dynamic`, and let the back end "
    "read it.",
    {
        "setuptools": "`[tool.setuptools.dynamic]`: `version = { attr = "
        '"demo.__version__" }`. setuptools-scm adds a local part to what is no clean tag: '
        '`local_scheme = "no-local-version"` turns that off.',
        "hatchling": '`[tool.hatch.version]`: `path = "demo/__init__.py"`. With hatch-vcs, '
        '`raw-options = { local_scheme = "no-local-version" }` leaves out the local part.',
        "flit": "It reads `__version__` of the module.",
        "poetry": "`poetry version 1.2.3` sets it.",
        "maturin": "It takes the version of Cargo.toml and writes a pre-release `1.0.0-rc.1` as "
        "`1.0.0rc1`.",
        "scikit-build-core": '`metadata.version.provider = "scikit_build_core.metadata.regex"`, '
        "with `input` naming the file, in `[tool.scikit-build]`.",
    },
    '[project]\nname = "demo"\nversion = "1.2.3"',
)
_NAME = Topic(
    "Set `name` in `[project]`. The back end makes the file name from it.",
    {
        "setuptools": "Old versions keep capital letters and dots in file names: update it.",
        "maturin": "The module may have another name: `module-name` in `[tool.maturin]`.",
        "flit": 'The module may have another name: `[tool.flit.module]`, `name = "demo"`.',
    },
    '[project]\nname = "demo"',
)
_LICENSE = Topic(
    "`license` is an SPDX expression, `license-files` are patterns from the project's root.",
    {
        "setuptools": "From version 77 on; older ones put the files right into dist-info. No "
        "`License ::` classifier may stand beside it.",
        "hatchling": "From version 1.27 on.",
        "flit": "From version 3.11 on, from 3.12 also with AND and OR.",
        "poetry": "From poetry-core 2.2 on; before that leave `license-files` out.",
        "maturin": "From version 1.9 on. Files above the pyproject.toml, as in a Cargo workspace, "
        "are not found: copy or link them beside it.",
        "scikit-build-core": "`wheel.license-files` in `[tool.scikit-build]` is the older way; do "
        "not set both.",
    },
    '[project]\nlicense = "MIT"\nlicense-files = ["LICENSE*"]',
)
_README = Topic(
    "`readme` in `[project]` names the file; its ending says the content type.",
    _FIELD_DIFFERS,
    '[project]\nreadme = { file = "README.txt", content-type = "text/plain" }',
)
_LINUX = Topic(
    "Build in a manylinux or musllinux image, or with cibuildwheel, and let `auditwheel repair` "
    "tag the wheel.",
    {
        "setuptools": "It tags a wheel linux_x86_64; the repair is a step of its own.",
        "hatchling": "A build hook that compiles sets `build_data['tag']`; the repair is a step "
        "of its own.",
        "maturin": '`compatibility = "pypi"` in `[tool.maturin]` builds for accepted tags only, '
        "and its own auditwheel repairs the wheel; `--zig` reaches older systems.",
        "scikit-build-core": "It tags a wheel linux_x86_64; the repair is a step of its own.",
    },
)
_SCRIPTS = Topic(
    "Commands stand in `[project.scripts]` and `[project.gui-scripts]`, other entry points in "
    '`[project.entry-points."group"]`.',
    {
        "setuptools": "Files are installed as scripts with `script-files` in `[tool.setuptools]`.",
        "hatchling": "Files are installed as scripts with `[tool.hatch.build.targets.wheel."
        "shared-scripts]`.",
        "poetry": "Poetry before 2.0 reads `[tool.poetry.scripts]`.",
        "maturin": 'Programs in Rust are installed with `bindings = "bin"`.',
        "scikit-build-core": "Programs are installed to `${SKBUILD_SCRIPTS_DIR}` by CMake.",
    },
    '[project.scripts]\ndemo = "demo.cli:main"',
)
_CONTENTS = Topic(
    "",
    {
        "setuptools": "`packages` in `[tool.setuptools]`, or `include` and `exclude` in "
        "`[tool.setuptools.packages.find]`; data by `exclude-package-data`.",
        "hatchling": "`packages`, `include` and `exclude` in `[tool.hatch.build.targets.wheel]`.",
        "flit": "It packs the module's directory whole; move out what does not belong there.",
        "poetry": "`packages` and `include` in `[tool.poetry]`, with `format`; `exclude` is a list "
        "of paths, and passes over tables without a word.",
        "maturin": "`include`, `exclude` and `python-packages` in `[tool.maturin]`.",
        "scikit-build-core": "`wheel.packages` and `wheel.exclude` in `[tool.scikit-build]`.",
    },
)
_PURITY = Topic(
    "",
    {
        "setuptools": "Declare the `Extension` in `ext_modules`; for a library that is built "
        "elsewhere, a `Distribution` whose `has_ext_modules()` is true.",
        "hatchling": "A build hook sets `build_data['pure_python'] = False`, and "
        "`build_data['infer_tag'] = True` for tags that fit.",
        "flit": "It makes pure wheels only; use another back end.",
        "poetry": "Set a build script: `[tool.poetry.build]`.",
        "scikit-build-core": "`wheel.platlib = true` in `[tool.scikit-build]`.",
    },
)

_IMPORTS = Topic(
    "Set it in the `[project]` table of pyproject.toml. The field is new, and not all back ends "
    "know it: without it nothing is lost.",
    {
        "setuptools": "Up to version 84 the build fails on it: leave it out.",
        "flit": "It takes the name of the module that it packs, and no other.",
        "poetry": "Up to poetry-core 2.5 it is passed over without a word.",
        "maturin": "Up to version 1.16 it is passed over without a word.",
    },
    '[project]\nimport-names = ["demo"]',
)

MENDING: Mapping[str, Topic] = {
    "META001": _field('[project]\nname = "demo"\nversion = "1.0"'),
    "META003": _README,
    "META004": _README,
    "META005": _README,
    "META006": _NAME,
    "META007": _NEWER,
    "META008": _CONTENTS,
    "META009": _NAME,
    "META010": _NEWER,
    "META011": _NEWER,
    "META012": _VERSION,
    "META013": _field('[project]\ndescription = "Does one thing well"'),
    "META014": _README,
    "META015": _DYNAMIC,
    "META016": _field(
        '[project]\nrequires-python = ">=3.11"\ndependencies = ["httpx>=0.27; os_name == \'nt\'"]'
    ),
    "META017": _LICENSE,
    "META018": _IMPORTS,
    "META019": _VERSION,
    "META020": _field('[project]\ndescription = "Does one thing well"'),
    "META021": _field('[project]\nauthors = [{ name = "Ada", email = "ada@example.net" }]'),
    "META022": _field('[project]\nclassifiers = ["Typing :: Typed"]'),
    "META023": _field('[project.urls]\nHomepage = "https://example.net/demo"'),
    "META024": _field('[project.urls]\nChangelog = "https://example.net/demo/changes"'),
    "META025": _field('[project]\ndependencies = ["more>=1.2"]'),
    "META026": _LICENSE,
    "META027": _field('[project.urls]\nHomepage = "https://example.net/demo"'),
    "NAME001": _NAME,
    "NAME002": _NAME,
    "NAME003": _VERSION,
    "NAME007": _LINUX,
    "NAME008": _NAME,
    "NAME009": _CONTENTS,
    "NAME010": _CONTENTS,
    "NAME011": _NAME,
    "STR003": _NAME,
    "STR008": _PURITY,
    "STR011": _SCRIPTS,
    "STR012": _SCRIPTS,
    "STR013": _SCRIPTS,
    "STR014": _SCRIPTS,
    "STR015": _CONTENTS,
    "STR016": _CONTENTS,
    "STR017": _CONTENTS,
    "STR018": _CONTENTS,
    "STR019": _CONTENTS,
    "STR021": _CONTENTS,
    "STR022": _CONTENTS,
    "STR024": _CONTENTS,
    "STR031": _LICENSE,
    "STR032": _SCRIPTS,
    "STR033": _SCRIPTS,
    "STR034": _SCRIPTS,
    "STR036": _SCRIPTS,
    "STR105": _LICENSE,
    "VER001": _VERSION,
    "VER002": _VERSION,
    "VER003": _VERSION,
}
"""Rules that have a topic; the others are mended the same way with every back end."""
