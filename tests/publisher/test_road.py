"""The road: each step for all artifacts, or none of the steps after it."""

from __future__ import annotations

import io
import platform
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from publisher.confirmation import Asker
from publisher.errors import ConfirmationError, Conflict, Refused, StagedVerificationFailed
from publisher.loopback import free_port
from publisher.order import Order
from publisher.road import travel
from release_tests.archive.digest import sha256_of
from release_tests.errors import PolicyError
from release_tests.policy import IndexesPolicy, IndexPolicy, Policy
from tests.binary.compiled import Elf
from tests.forge import Wheel, package
from tests.forge_sdist import Sdist
from tests.index.mirror import Mirror
from tests.index.wire import Answer, Request, forward, serving
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.index.locations import Role
    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"
SELF_BUILT = {
    "pyproject.toml": """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
""",
    "backend.py": """
import zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name, info = "demo-1.0-py3-none-any.whl", "demo-1.0.dist-info"
    tags = "Wheel-Version: 1.0\\nGenerator: it\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.write("demo/__init__.py")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", tags)
        wheel.writestr(f"{info}/RECORD", "".join(f"{it},,\\n" for it in wheel.namelist()))
    return name
""",
    "demo/__init__.py": "__version__ = '1.0'\n",
}
"""An sdist that brings its own build back end, so that building it needs nothing."""

_XOP = (
    r".globl early\nearly: vprotb $1, %xmm0, %xmm0\nret\n"
    r".section .init_array,\"aw\"\n.quad early\n.text"
)
"""What runs as soon as it is loaded, and what processors have had from 2011 to 2017 only."""

OTHER_BYTES = Wheel(files={"demo/__init__.py": "__version__ = '1.0'  # another build\n"})


def test_what_is_absent_goes_to_both_indexes(scene: Scene) -> None:
    """Admitted bytes are uploaded, fetched back, installed, and are then on both indexes."""
    digest = sha256_of(scene.wheel())
    report = scene.publish()
    assert scene.held("staging") == scene.held("production") == {NAME: digest}
    (story,) = report.stories.values()
    assert story.done == {"staging": "uploaded", "production": "uploaded"}
    assert story.back.keys() == story.installed.keys() == {"staging", "production"}
    assert all("imported: demo" in seen for seen in story.installed.values())
    short = digest[:12]
    assert f"disk {short}  staging {short}  production {short}" in list(story.lines())[-1]


def test_what_is_there_already_is_skipped_and_still_verified(scene: Scene) -> None:
    """A second run uploads nothing, asks nothing, and fetches back and installs all the same."""
    scene.wheel()
    for role in scene.indexes:
        scene.put(role, Wheel())
    scene.asker = Asker(io.StringIO(), io.StringIO())
    scene.tokens = dict.fromkeys(scene.tokens, "wrong")
    (story,) = scene.publish().stories.values()
    assert story.done == {"staging": "already there", "production": "already there"}
    assert story.back.keys() == story.installed.keys() == {"staging", "production"}
    assert f"skipped {NAME}: staging" in scene.said


def test_wheels_and_a_source_distribution_go_out_together(scene: Scene) -> None:
    """The normal case: the sdist is uploaded, fetched back, built and imported as the wheel is."""
    wheel = scene.wheel()
    sdist = Sdist(files=SELF_BUILT).write(scene.dist)
    scene.verify(wheel, sdist)
    report = scene.publish()
    digests = {path.name: sha256_of(path) for path in (wheel, sdist)}
    assert scene.held("staging") == scene.held("production") == digests
    tried = [story.installed for story in report.stories.values()]
    assert all("imported: demo" in it["staging"] for it in tried)
    assert sum("production" in it for it in tried) == 1


def test_only_the_missing_file_is_uploaded(scene: Scene) -> None:
    """A release that stopped half way goes on where it stopped."""
    old, new = scene.wheel(verified=False), scene.wheel(Wheel(name="demo2"), verified=False)
    scene.verify(old, new)
    scene.put("staging", Wheel())
    stories = scene.publish().stories
    assert stories[sha256_of(old)].done["staging"] == "already there"
    assert stories[sha256_of(new)].done["staging"] == "uploaded"
    assert set(scene.held("production")) == {old.name, new.name}


@pytest.mark.parametrize("role", ["staging", "production"])
def test_other_bytes_under_the_name_stop_everything(scene: Scene, role: Role) -> None:
    """A conflict anywhere means that nothing at all is uploaded, to any index."""
    scene.wheel()
    scene.wheel(Wheel(name="demo2"))
    other = scene.put(role, OTHER_BYTES)
    before = {name: scene.held(name) for name in scene.indexes}
    with pytest.raises(Conflict, match=f"(?s){NAME}.*{role}.*{sha256_of(other)}"):
        scene.publish()
    assert {name: scene.held(name) for name in scene.indexes} == before


class Meanwhile(Terminal):
    """A terminal beside which something else is done while a question stands on it."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Take what is done."""
        super().__init__()
        self._work = work

    def flush(self) -> None:
        """Do it now that the question is to be read."""
        self._work()


def test_other_bytes_that_came_before_the_yes_are_a_conflict(scene: Scene) -> None:
    """Production is asked again after the yes: nothing goes where others published meanwhile."""
    scene.wheel()
    second = scene.wheel(Wheel(name="demo2"))
    questions = Meanwhile(lambda: scene.put("production", OTHER_BYTES))
    scene.asker = Asker(Terminal("yes\n"), questions)
    with pytest.raises(Conflict, match=f"(?s)nothing more is uploaded.*{NAME}"):
        scene.publish()
    assert set(scene.held("production")) == {NAME}
    assert set(scene.held("staging")) == {NAME, second.name}


def test_what_another_published_before_the_yes_is_skipped(scene: Scene) -> None:
    """The same bytes need no second upload."""
    scene.wheel()
    questions = Meanwhile(lambda: scene.put("production", Wheel()))
    scene.asker = Asker(Terminal("yes\n"), questions)
    (story,) = scene.publish().stories.values()
    assert story.done == {"staging": "uploaded", "production": "already there"}


def test_the_same_bytes_under_another_name_are_a_conflict(scene: Scene) -> None:
    """An index takes a content once; a renamed copy is a mistake of the build."""
    scene.wheel()
    scene.put("production", Wheel(file_name="demo-1.0-1-py3-none-any.whl"))
    with pytest.raises(Conflict, match=r"same bytes under the name demo-1\.0-1-py3"):
        scene.publish()
    assert scene.held("staging") == {}


def test_a_dry_run_prints_the_plan_and_changes_nothing(scene: Scene) -> None:
    """The plan names file, size, digest and what each index lacks."""
    digest = sha256_of(scene.wheel())
    scene.put("staging", Wheel())
    scene.publish(dry_run=True)
    shown = "\n".join(scene.shown)
    assert digest in shown
    assert "same bytes -> skip" in shown
    assert "absent -> upload" in shown
    assert scene.held("production") == {}


def test_what_is_not_admitted_does_not_go_out(scene: Scene) -> None:
    """One file without evidence refuses the whole release, and every other file on the road."""
    scene.wheel()
    scene.wheel(Wheel(name="other", version="2.0"))
    scene.wheel(Wheel(name="unverified"), verified=False)
    with pytest.raises(Refused, match=r"(?s)2 of 3 .*may not be published.*added since: unver"):
        scene.publish()
    assert scene.held("staging") == {}


def test_an_index_that_is_down_is_not_an_empty_one(scene: Scene) -> None:
    """Nothing goes to staging when production does not say what it has."""
    scene.wheel()
    scene.urls["production"] = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Refused, match="Nothing follows about what the index holds"):
        scene.publish()
    assert scene.held("staging") == {}


def test_one_index_in_both_roles_is_a_mistake(scene: Scene) -> None:
    """Staging that is production would try nothing out."""
    scene.wheel()
    scene.urls["staging"] = scene.urls["production"]
    with pytest.raises(PolicyError, match="staging and production are one"):
        scene.publish()


@pytest.mark.parametrize("spelled", ["{}/", "{}//", "http://LOCALHOST:8081", "{}"])
def test_one_place_to_upload_to_in_both_roles_is_a_mistake(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    """Two simple APIs do not make two indexes when both files would arrive in one."""
    scene.wheel()
    address = "http://localhost:8081"
    (scene.place / ".pypirc").write_text(
        f"[distutils]\nindex-servers = mine\n[mine]\nrepository = {spelled.format(address)}\n"
    )
    monkeypatch.setenv("HOME", str(scene.place))
    both = IndexesPolicy(
        staging=IndexPolicy(repository="mine", simple_url=f"{scene.urls['staging']}/simple/"),
        production=IndexPolicy(
            upload_url=f"{address}/", simple_url=f"{scene.urls['production']}/simple/"
        ),
    )
    order = Order(
        (scene.dist / NAME,),
        (scene.evidence,),
        Policy(indexes=both),
        scene.asker,
        datetime.now(UTC),
    )
    with pytest.raises(PolicyError, match=r"(?s)are one, http://.*`repository`"):
        travel(order, scene.desk)


def test_nobody_to_ask_is_found_before_anything_is_uploaded(scene: Scene) -> None:
    """Without a terminal and without --yes not even staging gets a file."""
    scene.wheel()
    scene.asker = Asker(io.StringIO("yes\n"), io.StringIO())
    with pytest.raises(ConfirmationError, match="--yes"):
        scene.publish()
    assert scene.held("staging") == {}


def test_without_a_yes_production_stays_as_it_was(scene: Scene) -> None:
    """Any other answer ends the run after staging, having shown what a yes would buy."""
    digest = sha256_of(scene.wheel())
    questions = io.StringIO()
    scene.asker = Asker(Terminal("y\n"), questions)
    with pytest.raises(Refused, match="not confirmed"):
        scene.publish()
    assert scene.held("staging") == {NAME: digest}
    assert scene.held("production") == {}
    assert digest in questions.getvalue()


def test_what_does_not_import_from_staging_does_not_go_on(scene: Scene) -> None:
    """Evidence that says otherwise does not help bytes that fail here and now."""
    scene.wheel(Wheel(files={"demo/__init__.py": "raise RuntimeError('as shipped')\n"}))
    with pytest.raises(StagedVerificationFailed, match="as shipped"):
        scene.publish()
    assert scene.held("production") == {}


def test_what_staging_says_wrongly_does_not_go_on(scene: Scene) -> None:
    """The right bytes with another Requires-Python beside them are not what was verified."""
    mirror = Mirror(scene.wheel(), {"requires-python": ">=99"})
    with serving(mirror) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(StagedVerificationFailed, match="STAG006"):
            scene.publish()
    assert scene.held("production") == {}


def test_dependencies_from_staging_are_refused_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installer that knows both indexes may take either file of an equal version."""
    scene.wheel()
    monkeypatch.setenv("PIP_INDEX_URL", scene.indexes["staging"].simple_url)
    with pytest.raises(PolicyError, match="would come from the staging index"):
        scene.publish()
    assert scene.held("staging") == {}


def test_what_cannot_be_installed_here_does_not_go_on(scene: Scene) -> None:
    """A wheel for another platform was not verified by this run, so it counts as failed."""
    scene.wheel(Wheel(tags="py3-none-win_amd64"))
    with pytest.raises(StagedVerificationFailed, match="cannot be tried here"):
        scene.publish()
    assert scene.held("production") == {}


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="code for x86-64 Linux"
)
def test_code_that_the_processor_lacks_something_for_is_not_run(scene: Scene) -> None:
    """What its initialisers need is found in the code, without a word of the policy."""
    kernels = Elf(exports=("kernel",), calls=(), libraries=(), assembly=_XOP)
    files = {**package(), "demo/_kernels.so": kernels.data}
    scene.wheel(Wheel(tags="py3-none-manylinux_2_17_x86_64", files=files))
    lacking = "cannot be tried here: its code is not run: .* lacks xop; .* whose processor has xop"
    with pytest.raises(StagedVerificationFailed, match=lacking):
        scene.publish()
    assert scene.held("production") == {}


@pytest.mark.parametrize(
    ("role", "error"), [("staging", StagedVerificationFailed), ("production", Conflict)]
)
def test_other_bytes_than_announced_are_noticed(
    scene: Scene, role: Role, error: type[Exception]
) -> None:
    """What is fetched back is hashed; the index's word is not enough."""
    scene.wheel()
    with serving(tampering(scene.urls[role])) as wire:
        scene.urls[role] = wire.url
        with pytest.raises(error, match=f"{NAME}: the index announced"):
            scene.publish()


def tampering(upstream: str) -> Callable[[Request], Answer]:
    """Return what forwards to an index, and changes a byte of each file it serves."""

    def answer(request: Request) -> Answer:
        found = forward(upstream, request)
        if request.path.endswith(".whl"):
            return Answer(200, found.body[:-1] + b"!", "application/octet-stream")
        return found

    return answer
