"""The words of a release: from the changelog or the commits, with files and commands."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from publisher.artifact import Artifact
from publisher.github import notes
from publisher.github.changelog import section
from publisher.github.history import Commit

KEEP = """# Changelog

## [Unreleased]

## [1.10.0] - 2026-03-01

### Added

- All of it, see [the pages][pages] and [1.9].

```
## 1.9.0 is no heading here
```

## 1.9.0 (2026-02-01)

Less of it.

[pages]: https://example.com/pages
[1.9]: https://example.com/1.9
[other]: https://example.com/other
"""

UNDERLINED = """Changes
=======

v2.0rc1
-------

New
~~~

* It all

1.9.0
-----

Old
"""

WHEEL = Artifact(
    Path("demo-1.0-py3-none-any.whl"), "demo-1.0-py3-none-any.whl", "ab" * 32, 1234, "demo", "1.0"
)


def test_a_section_of_a_changelog_is_taken_with_its_links() -> None:
    """It ends at the next heading as high; a heading in a fence is none."""
    assert section(KEEP, "1.10") == (
        "### Added\n\n- All of it, see [the pages][pages] and [1.9].\n\n"
        "```\n## 1.9.0 is no heading here\n```\n\n"
        "[pages]: https://example.com/pages\n[1.9]: https://example.com/1.9"
    )


def test_the_last_section_has_no_links_of_others() -> None:
    """The definitions at the end of a file are nobody's words."""
    assert section(KEEP, "1.9.0") == "Less of it."


def test_underlined_headings_are_headings() -> None:
    """Their depth is the order in which the characters come."""
    assert section(UNDERLINED, "2.0rc1") == "New\n~~~\n\n* It all"
    assert section(UNDERLINED, "1.9") == "Old"


@pytest.mark.parametrize("version", ["1.8", "2026", "1.10.1"])
def test_a_version_without_a_section_has_none(version: str) -> None:
    """Nothing is taken that merely looks like it."""
    assert section(KEEP, version) is None


def test_an_empty_section_is_none() -> None:
    """Nobody wrote anything about it."""
    assert section("## 1.0\n\n## 0.9\n\nx", "1.0") is None


def test_a_heading_is_of_the_first_version_in_it() -> None:
    """`Changes in 2.0 since 1.9` is about 2.0."""
    text = "## Changes in 2.0 since 1.9\n\nA\n\n## 1.9.\n\nB"
    assert section(text, "1.9") == "B"


def test_the_body_has_what_changed_the_files_and_the_commands() -> None:
    """Users find digests and how to install; sources are those of the policy."""
    extra = ("https://builds.example.com/cpu/",)
    text = notes.body("What is new.", [WHEEL], notes.Sources(None, extra), "Verified.")
    assert text.startswith("What is new.\n\n## Files\n\n| File | Size | SHA-256 |\n| --- |")
    assert f"| `{WHEEL.name}` | 1.2 kB | `{WHEEL.sha256}` |" in text
    assert "pip install --extra-index-url https://builds.example.com/cpu/ demo==1.0\n" in text
    assert "\n\nVerified.\n\n<!-- release-gates " in text
    assert notes.is_ours(text)
    assert not notes.is_edited(text)


def test_each_project_has_its_command_once() -> None:
    """Two wheels of one project are installed by one name; another index is named."""
    other = dataclasses.replace(WHEEL, name="other.whl", project="demo-cpu")
    sources = notes.Sources("https://example.com/simple/")
    assert notes.commands([WHEEL, WHEEL, other], sources).splitlines()[3:5] == [
        "pip install --index-url https://example.com/simple/ demo==1.0",
        "pip install --index-url https://example.com/simple/ demo-cpu==1.0",
    ]


def test_what_is_too_long_is_cut_before_the_files() -> None:
    """GitHub takes so many characters; the table is kept whole."""
    text = notes.body("x" * 200_000, [WHEEL], notes.Sources(), "")
    assert len(text) <= notes.MOST_CHARACTERS
    assert "… (cut; " in text
    assert WHEEL.sha256 in text


def test_changed_words_are_seen_and_other_line_ends_are_not() -> None:
    """A browser sends the text back with other line ends."""
    text = notes.marked("One\nTwo")
    assert not notes.is_edited(text.replace("\n", "\r\n"))
    assert notes.is_edited(text.replace("One", "1"))
    assert notes.is_ours(text.replace("One", "1"))
    assert not notes.is_ours("One\nTwo")


def test_commits_are_listed_newest_first() -> None:
    """Where there are more than GitHub lists, their number is said."""
    commits = [Commit("c" * 40, "Mend"), Commit("b" * 40, "Add")]
    assert notes.of_commits(commits, 2, "v1") == (
        "## Changes since v1\n\n- Mend (cccccccccc)\n- Add (bbbbbbbbbb)"
    )
    assert notes.of_commits(commits, 9, None).endswith("- and 7 more before these")
    assert notes.of_commits([], 0, "v1").endswith("- none")
