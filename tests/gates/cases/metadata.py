"""The rows of the gate ``metadata``."""

from __future__ import annotations

from functools import partial

from tests import forge
from tests.gates.cases.case import UNOPENED, Artifact, Case, damaged, wheel

_METADATA = "demo-1.0.dist-info/METADATA"
_HEAD = ("Metadata-Version: 2.4", "Name: demo", "Version: 1.0")
_MARKDOWN = "Description-Content-Type: text/markdown"


def _stated(*lines: str, head: tuple[str, ...] = _HEAD, text: str = "# Words\n") -> Artifact:
    return wheel(metadata="\n".join([*head, *lines, "", text]))


def _rst(text: str, *lines: str) -> Artifact:
    return _stated("Description-Content-Type: text/x-rst", *lines, text=text)


def _old(*lines: str) -> Artifact:
    return _stated(_MARKDOWN, *lines, head=("Metadata-Version: 2.1", *_HEAD[1:]))


_LICENSES = "demo-1.0.dist-info/licenses"


def _holding(files: dict[str, forge.Content], *lines: str) -> Artifact:
    text = "\n".join([*_HEAD, _MARKDOWN, *lines, "", "# Words\n"])
    return wheel(metadata=text, files={**forge.package(), **files})


def _bytes(text: str) -> Artifact:
    return wheel(metadata="\n".join([*_HEAD, _MARKDOWN, "", text]).encode("latin-1"))


def _imports(line: str) -> Artifact:
    return _stated(_MARKDOWN, line, head=("Metadata-Version: 2.5", *_HEAD[1:]))


_MAIL = "Author-email"
_NO_METADATA = wheel(
    omit=[_METADATA], record=lambda rows: [row for row in rows if row[0] != _METADATA]
)
_GOOD_RST = _rst("Words\n=====\n\nMore of them.\n")

CASES = (
    Case(
        "META000",
        _NO_METADATA,
        where="demo-1.0-py3-none-any.whl",
        says=("no METADATA",),
        also=frozenset(("STR004", "VER000")),
    ),
    Case(
        "META000",
        damaged(partial(forge.truncate, at=-30)),
        says=("could not be opened",),
        also=(UNOPENED | {"ZIP002"}) - {"META000"},
    ),
    Case(
        "META001",
        _stated(_MARKDOWN, head=(*_HEAD[:2], f"Version: {'9' * 5000}")),
        where=_METADATA,
        says=("cannot be parsed", "digits"),
        also=frozenset(("VER002",)),
    ),
    Case(
        "META001",
        _stated(_MARKDOWN, "Provides-Dist: a b c", "Obsoletes-Dist: old"),
        _stated(_MARKDOWN, "Provides-Dist: a", "Obsoletes-Dist: old"),
        where=f"{_METADATA}, provides-dist",
        says=("a b c",),
    ),
    Case(
        "META002",
        _stated(_MARKDOWN, "Colour: blue"),
        _stated(_MARKDOWN, "Keywords: blue"),
        where=f"{_METADATA}, colour",
        says=("'blue'",),
    ),
    Case(
        "META003",
        _rst("Words\n===\n\n`more\n"),
        _GOOD_RST,
        where=f"{_METADATA}, description, line",
        says=("warning",),
    ),
    Case("META003", _rst(".. include:: /etc/passwd\n"), _rst(".. note:: no\n"), "description"),
    Case("META003", _rst("* " * 3000 + "a\n"), _rst("* " * 9 + "a\n"), says=("RecursionError",)),
    Case("META003", _rst(".. |a| replace:: |b| |b|\n.. |b| replace:: |c|\n\n|a|\n"), _GOOD_RST),
    Case("META003", _rst("a " * 9000 + "\n"), _rst("a " * 900 + "\n"), says=("line-length",)),
    Case("META004", _stated(_MARKDOWN, text=""), where="description", says=("empty",)),
    Case("META004", _stated(_MARKDOWN, text="UNKNOWN\n"), where="description"),
    Case("META005", _stated(text="Words\n"), _stated(_MARKDOWN, text="Words\n"), "description"),
    Case(
        "META006",
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: other", _HEAD[2])),
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: DEMO", _HEAD[2])),
        where=f"{_METADATA}, Name",
        says=("demo", "other"),
    ),
    Case(
        "META007",
        _old("License-File: LICENSE"),
        _holding({f"{_LICENSES}/LICENSE": ""}, "License-File: LICENSE"),
        where=f"{_METADATA}, license-file",
        says=("2.4",),
    ),
    Case(
        "META008",
        _holding({"METADATA.txt": "Metadata-Version: 2.1\nName: other\n"}),
        _holding({"demo/METADATA.txt": "no more than words"}),
        where="METADATA.txt",
        says=("twine", _METADATA),
        also=frozenset(("STR030",)),
    ),
    Case(
        "META008",
        _holding({"a/METADATA": "Metadata-Version: 2.1\n"}),
        _holding({"x/METADATA": "Metadata-Version: 2.1\n"}),
        where="a/METADATA",
    ),
    Case(
        "META009",
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: -demo-", _HEAD[2])),
        where=f"{_METADATA}, name",
        says=("-demo-",),
        also=frozenset(("META006",)),
    ),
    Case("META009", _stated(_MARKDOWN, head=(_HEAD[0], _HEAD[2])), also=frozenset(("META006",))),
    Case(
        "META009",
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: dem\u212a", _HEAD[2])),
        also=frozenset(("META006",)),
    ),
    Case("META010", _stated(_MARKDOWN, head=_HEAD[1:]), where=f"{_METADATA}, metadata-version"),
    Case("META010", _stated(_MARKDOWN, head=("Metadata-Version: 2.0", *_HEAD[1:])), says=("2.0",)),
    Case(
        "META010",
        _stated(_MARKDOWN, head=("Metadata-Version: 2.6", *_HEAD[1:])),
        _stated(_MARKDOWN, head=("Metadata-Version: 2.5", *_HEAD[1:])),
        says=("2.6",),
    ),
    Case(
        "META011",
        _old("License-Expression: MIT"),
        _stated(_MARKDOWN, "License-Expression: MIT"),
        where=f"{_METADATA}, license-expression",
        says=("2.4", "2.1"),
    ),
    Case("META011", _old("Dynamic: Summary"), _stated(_MARKDOWN, "Dynamic: Summary"), "dynamic"),
    Case(
        "META011",
        _stated(_MARKDOWN, "Import-Name: demo"),
        _stated(_MARKDOWN, "Import-Name: demo", head=("Metadata-Version: 2.5", *_HEAD[1:])),
        where="import-name",
    ),
    Case(
        "META012",
        _stated(_MARKDOWN, head=(*_HEAD[:2], "Version: one")),
        where=f"{_METADATA}, version",
        says=("one",),
        also=frozenset(("VER002",)),
    ),
    Case(
        "META013",
        _stated(_MARKDOWN, "Summary: one\n        two"),
        _stated(_MARKDOWN, "Summary: one two"),
        where=f"{_METADATA}, summary",
        says=("single line",),
    ),
    Case(
        "META014",
        _stated("Description-Content-Type: text/html"),
        _stated("Description-Content-Type: text/plain"),
        where=f"{_METADATA}, description-content-type",
        says=("text/html",),
    ),
    Case(
        "META014",
        _stated(f"{_MARKDOWN};\n charset=UTF-8"),
        _stated(f"{_MARKDOWN}; charset=UTF-8"),
        where="content-type",
    ),
    Case("META014", _stated(f"{_MARKDOWN}; charset=utf-8"), says=("UTF-8", "utf-8")),
    Case("META014", _stated(f"{_MARKDOWN}; charset=latin-1"), says=("latin-1",)),
    Case(
        "META014",
        _stated(f"{_MARKDOWN}; variant=Pandoc"),
        _stated(f"{_MARKDOWN}; variant=CommonMark"),
        says=("Pandoc",),
    ),
    Case(
        "META015",
        _stated(_MARKDOWN, "Dynamic: Name"),
        _stated(_MARKDOWN, "Dynamic: Classifier"),
        where=f"{_METADATA}, dynamic",
        says=("name",),
    ),
    Case("META015", _stated(_MARKDOWN, "Dynamic: Colour"), says=("colour",)),
    Case("META015", _stated(_MARKDOWN, "Dynamic: Dynamic"), says=("Dynamic",)),
    Case(
        "META016",
        _stated(_MARKDOWN, "Requires-Dist: what is this"),
        _stated(_MARKDOWN, "Requires-Dist: what>=1"),
        where=f"{_METADATA}, requires-dist",
        says=("what is this",),
    ),
    Case("META016", _stated(_MARKDOWN, "Requires-Dist: a", "Requires-Dist: b ="), says=("b =",)),
    Case("META016", _stated(_MARKDOWN, "Requires-Python: three"), where="requires-python"),
    Case(
        "META016",
        _stated(_MARKDOWN, "Provides-Extra: -"),
        _stated(_MARKDOWN, "Provides-Extra: x"),
        where="provides-extra",
    ),
    Case(
        "META016",
        _stated(_MARKDOWN, "License-Expression: My Own"),
        _stated(_MARKDOWN, "License-Expression: MIT OR Apache-2.0"),
        where="license-expression",
    ),
    Case(
        "META017",
        _stated(_MARKDOWN, "License-File: ../LICENSE"),
        _holding({f"{_LICENSES}/LICENSE": ""}, "License-File: LICENSE"),
        where=f"{_METADATA}, license-file",
        also=frozenset(("STR031",)),
    ),
    Case("META017", _stated(_MARKDOWN, "License-File: LICEN*"), also=frozenset(("STR031",))),
    Case("META017", _stated(_MARKDOWN, "License-File: a\\b"), also=frozenset(("STR031",))),
    Case("META017", _stated(_MARKDOWN, "License-File: /LICENSE"), also=frozenset(("STR031",))),
    Case("META018", _imports("Import-Name: 1demo"), _imports("Import-Name: demo"), "import-name"),
    Case("META018", _imports("Import-Name: class"), says=("keyword",)),
    Case("META018", _imports("Import-Name: a; public"), _imports("Import-Name: a ; private")),
    Case("META018", _imports("Import-Namespace: a-b"), where="import-namespace"),
    Case(
        "META019",
        wheel(version="1.0+cpu"),
        wheel(version="1.0"),
        where="METADATA, version",
        says=("local", "1.0+cpu"),
    ),
    Case(
        "META020",
        _stated(_MARKDOWN, f"Summary: {'a' * 513}"),
        _stated(_MARKDOWN, f"Summary: {'a' * 512}"),
        where=f"{_METADATA}, summary",
        says=("512", "513"),
    ),
    Case(
        "META021",
        _stated(_MARKDOWN, f"{_MAIL}: Me <me@nowhere>"),
        _stated(_MARKDOWN, f"{_MAIL}: Me <me@example.net>"),
        where=f"{_METADATA}, author-email",
        says=("me@nowhere",),
    ),
    Case(
        "META021",
        _stated(_MARKDOWN, "Maintainer-email: me@demo.invalid"),
        _stated(_MARKDOWN, "Author: Somebody", f"{_MAIL}: UNKNOWN"),
        where="maintainer-email",
    ),
    Case(
        "META021",
        _stated(_MARKDOWN, f"{_MAIL}: a@demo.test, b@example.net"),
        _stated(_MARKDOWN, f"{_MAIL}: A <a@example.net>, b@demo.test"),
        says=("a@demo.test",),
    ),
    Case(
        "META022",
        _stated(_MARKDOWN, "Classifier: Colour :: Blue"),
        _stated(_MARKDOWN, "Classifier: Typing :: Typed"),
        where=f"{_METADATA}, classifier",
        says=("Colour :: Blue",),
    ),
    Case("META022", _stated(_MARKDOWN, "Classifier: Private :: Do Not Upload"), says=("Private",)),
    Case(
        "META022",
        _stated(_MARKDOWN, "Classifier: Natural Language :: Ukranian"),
        _stated(_MARKDOWN, "Classifier: Natural Language :: Ukrainian"),
        says=("deprecated", "Natural Language :: Ukrainian"),
    ),
    Case(
        "META023",
        _stated(_MARKDOWN, "Home-page: example.net"),
        _stated(_MARKDOWN, "Home-page: UNKNOWN", "Download-URL: HTTP://example.net"),
        where=f"{_METADATA}, home-page",
        says=("example.net",),
    ),
    Case(
        "META023",
        _stated(_MARKDOWN, "Download-URL: ftp://example.net/"),
        _stated(_MARKDOWN, "Download-URL: http://example.net/"),
        where="download-url",
    ),
    Case("META023", _stated(_MARKDOWN, "Home-page: https://example.net:99999"), where="home-page"),
    Case(
        "META024",
        _stated(_MARKDOWN, "Project-URL: https://example.net"),
        _stated(_MARKDOWN, "Project-URL: Code, https://example.net"),
        where=f"{_METADATA}, project-url",
        says=("https://example.net",),
    ),
    Case("META024", _stated(_MARKDOWN, "Project-URL: , https://example.net"), says=("no label",)),
    Case("META024", _stated(_MARKDOWN, "Project-URL: Code"), says=("no address",)),
    Case("META024", _stated(_MARKDOWN, "Project-URL: Code, there"), says=("no address of http",)),
    Case(
        "META024",
        _stated(_MARKDOWN, f"Project-URL: {'l' * 33}, https://example.net"),
        _stated(_MARKDOWN, f"Project-URL: {'l' * 32}, https://example.net"),
        says=("32 characters",),
    ),
    Case(
        "META025",
        _stated(_MARKDOWN, "Requires-Dist: more @ https://example.net/more.whl"),
        _stated(_MARKDOWN, "Requires-Dist: more"),
        where=f"{_METADATA}, requires-dist",
        says=("https://example.net/more.whl",),
    ),
    Case("META025", _stated(_MARKDOWN, "Provides-Dist: x @ file:///x"), where="provides-dist"),
    Case("META025", _stated(_MARKDOWN, "Obsoletes-Dist: x @ file:///x"), where="obsoletes-dist"),
    Case(
        "META026",
        _stated(_MARKDOWN, "License: MIT", "License-Expression: MIT"),
        _stated(_MARKDOWN, "License: UNKNOWN", "License-Expression: MIT"),
        where=f"{_METADATA}, license",
        says=("License-Expression", "MIT"),
    ),
    Case("META026", _stated(_MARKDOWN, "License: x", "License-Expression: MIT")),
    Case(
        "META027",
        _stated(_MARKDOWN, "Summary: one", "Summary: two"),
        _stated(_MARKDOWN, "Summary: one"),
        where=f"{_METADATA}, summary",
        says=("once", "'one', 'two'"),
    ),
    Case(
        "META027",
        _stated(
            _MARKDOWN, "Project-URL: a, https://a.example", "Project-URL: a, https://b.example"
        ),
        _stated(
            _MARKDOWN, "Project-URL: a, https://a.example", "Project-URL: b, https://b.example"
        ),
        where="project-url",
    ),
    Case("META027", _stated(_MARKDOWN, "Description: words"), where=f"{_METADATA}, description"),
    Case(
        "META028",
        _bytes("Wörter\n"),
        _stated(_MARKDOWN, text="Wörter\n"),
        where=_METADATA,
        says=("not UTF-8",),
        also=frozenset(("META002",)),
    ),
)
