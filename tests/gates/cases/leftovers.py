"""The rows of the gate ``structure``: what should not have been packed."""

from __future__ import annotations

from release_tests.policy import Policy
from tests.gates.cases import secrets
from tests.gates.cases.case import Case, with_files

_LISTED = Policy(top_level=("demo", "tests"))

CASES = (
    Case(
        "STR015",
        with_files({"tests/__init__.py": ""}),
        with_files({"demo/tests/__init__.py": ""}),
        where="tests",
        says=("source tree", "tests/__init__.py"),
    ),
    Case("STR015", with_files({"docs/index.md": ""}), with_files({"tests/x.py": ""}, _LISTED)),
    Case("STR015", with_files({"more.py": ""}, _LISTED), with_files({"more.py": ""}), "more.py"),
    Case("STR015", with_files({"setup.py": ""}), with_files({"demo/setup.py": ""}), "setup.py"),
    Case("STR015", with_files({"README.md": ""}), with_files({"readme.py": ""}), "README.md"),
    Case("STR015", with_files({"LICENSE": ""}), with_files({"license/core.py": ""}), "LICENSE"),
    Case("STR015", with_files({"demo.egg-info/PKG-INFO": ""}), where="demo.egg-info"),
    Case("STR015", with_files({".github/ci.yml": ""}), with_files({".libs/x.txt": ""}), ".github"),
    Case("STR015", with_files({"demo-1.0.data/purelib/test/x.py": ""}), where="test"),
    Case(
        "STR016",
        with_files({"demo/__pycache__/core.cpython-311.pyc": b"\0"}),
        with_files({"demo/pycache/core.py": ""}),
        where="demo/__pycache__/core.cpython-311.pyc",
        says=("__pycache__",),
    ),
    Case("STR016", with_files({"demo/core.pyc": b"\0"}), where="demo/core.pyc"),
    Case("STR016", with_files({"demo/.coverage": b"\0"}), where="demo/.coverage"),
    Case(
        "STR017",
        with_files({"demo/.git/config": ""}),
        with_files({"demo/git/config": ""}),
        where="demo/.git/config",
        says=(".git",),
    ),
    Case("STR018", with_files({"demo/.DS_Store": b"\0"}), where="demo/.DS_Store"),
    Case("STR018", with_files({"demo/core.py~": ""}), with_files({"demo/~core.py": ""}), "py~"),
    Case("STR018", with_files({"demo/.core.py.swp": ""}), where="demo/.core.py.swp"),
    Case("STR018", with_files({"demo/.idea/demo.iml": ""}), where=".idea", says=(".idea",)),
    Case("STR018", with_files({"demo/core.py.rej": ""}), where="demo/core.py.rej"),
    Case(
        "STR019",
        with_files({"demo/key.pem": "\n" + secrets.private_key("RSA")}),
        with_files({"demo/key.pem": secrets.header("RSA") + "\n"}),
        where="demo/key.pem, line 2",
        says=("private key",),
    ),
    Case(
        "STR019",
        with_files({"demo/tests/conf.ini": secrets.upload_token()}),
        with_files({"demo/tests/conf.ini": "pypi-token"}),
        where="demo/tests/conf.ini, line 1",
        says=("upload token",),
    ),
    Case(
        "STR019",
        with_files({"demo/testament.py": f"KEY = {secrets.private_key()!r}"}),
        with_files({"demo/testament.py": f"KEY = {secrets.header()!r}"}),
    ),
    Case(
        "STR019",
        with_files({"demo/more.txt": "gh" + "p_" + secrets.letters(36)}),
        with_files({"demo/more.txt": "gh" + "p_" + "x" * 36}),
    ),
    Case("STR020", with_files({"demo/.pypirc": ""}), with_files({"demo/pypirc": ""}), ".pypirc"),
    Case("STR020", with_files({"demo/.env": ""}), with_files({"demo/.env.example": ""}), ".env"),
    Case("STR020", with_files({"demo/id_rsa": ""}), with_files({"demo/id_rsa.pub": ""}), "id_rsa"),
    Case("STR024", with_files({"demo/.gitkeep": ""}), with_files({"demo/keep": ""}), ".gitkeep"),
    Case(
        "STR027",
        with_files({"demo/tests/server.key": secrets.private_key()}),
        with_files({"demo/tests/server.key": "no key"}),
        where="demo/tests/server.key, line 1",
    ),
    Case("STR027", with_files({"demo/test_core.py": f"KEY = {secrets.private_key()!r}"})),
    Case("STR027", with_files({"demo/tests.py": f"KEY = {secrets.private_key()!r}"})),
    Case("STR027", with_files({"demo/SelfTest/core.py": f"KEY = {secrets.private_key()!r}"})),
    Case("STR027", with_files({"demo/dummyserver/certs/server.key": secrets.private_key()})),
    Case("STR027", with_files({"demo/fixtures/server.key": secrets.private_key()})),
    Case("STR028", with_files({"demo/package.json.orig": "{}"}), where="package.json.orig"),
    Case("STR029", with_files({"demo/store.pfx": b"\0"}), with_files({"demo/pfx": ""}), ".pfx"),
    Case("STR035", with_files({"demo/tests/.env": ""}), with_files({"demo/tests/env": ""}), ".env"),
    Case("STR030", with_files({"demo.chm": b"\0"}), with_files({"demo.pth": ""}), "demo.chm"),
)
