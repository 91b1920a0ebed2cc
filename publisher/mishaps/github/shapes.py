"""What GitHub's answers look like: the members that its description requires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.mishaps.github.state import NAME, OWNER

if TYPE_CHECKING:
    from publisher.mishaps.github.state import Repository, StoredAsset, StoredRelease, Tag

_TIME = "2026-11-28T12:00:00Z"
_REPOSITORY_ID = 4711
FULL = f"{OWNER}/{NAME}"


@dataclass(frozen=True)
class Shapes:
    """Describes things as they are seen at *base*, the server's address."""

    base: str

    @property
    def api(self) -> str:
        """The address of the repository in the API."""
        return f"{self.base}/api/v3/repos/{FULL}"

    @property
    def renamed(self) -> str:
        """The address of the repository by its number, which Link leads to."""
        return f"{self.base}/api/v3/repositories/{_REPOSITORY_ID}"

    @property
    def web(self) -> str:
        """The address of the repository for people."""
        return f"{self.base}/{FULL}"

    def user(self) -> dict[str, Any]:
        """Describe the owner."""
        url = f"{self.base}/api/v3/users/{OWNER}"
        names = (
            *("avatar_url", "events_url", "followers_url", "following_url", "gists_url"),
            *("html_url", "organizations_url", "received_events_url", "repos_url"),
            *("starred_url", "subscriptions_url", "url"),
        )
        facts = {"login": OWNER, "id": 1, "node_id": "U_1", "gravatar_id": "", "type": "User"}
        return {**dict.fromkeys(names, url), **facts, "site_admin": False}

    def repository(self, held: Repository, *, push: bool | None) -> dict[str, Any]:
        """Describe the repository; nobody's permissions are told where *push* is None."""
        urls = (
            "archive assignees blobs branches collaborators comments commits compare contents "
            "contributors deployments downloads events forks git_commits git_refs git_tags git "
            "hooks html issue_comment issue_events issues keys labels languages merges milestones "
            "notifications pulls releases ssh stargazers statuses subscribers subscription svn "
            "tags teams trees clone"
        )
        counts = (
            "forks forks_count network_count open_issues open_issues_count size stargazers_count "
            "subscribers_count watchers watchers_count"
        )
        flags = "disabled fork has_discussions has_issues has_pages has_projects has_wiki"
        found: dict[str, Any] = {f"{name}_url": self.api for name in urls.split()}
        found |= dict.fromkeys(counts.split(), 0) | dict.fromkeys(flags.split(), False)
        found |= dict.fromkeys(("created_at", "pushed_at", "updated_at"), _TIME)
        found |= dict.fromkeys(("description", "homepage", "language", "license", "mirror_url"))
        found |= {"id": _REPOSITORY_ID, "node_id": "R_1", "name": NAME, "full_name": FULL}
        found |= {"owner": self.user(), "private": held.private, "url": self.api}
        found |= {"default_branch": "main", "archived": held.archived}
        if push is not None:
            found["permissions"] = {"admin": False, "push": push, "pull": True}
        return found

    def release(self, held: StoredRelease) -> dict[str, Any]:
        """Describe a release."""
        named = f"untagged-{held.id}" if held.draft else held.tag
        balls = [None, None] if held.draft else [f"{self.api}/tarball/{held.tag}"] * 2
        return {
            "url": f"{self.api}/releases/{held.id}",
            "assets_url": f"{self.api}/releases/{held.id}/assets",
            "upload_url": f"{self.base}/api/uploads/repos/{FULL}/releases/{held.id}/assets"
            "{?name,label}",
            "html_url": f"{self.web}/releases/tag/{named}",
            "id": held.id,
            "author": self.user(),
            "node_id": f"RE_{held.id}",
            "tag_name": held.tag,
            "target_commitish": held.target,
            "name": held.title,
            "draft": held.draft,
            "immutable": held.immutable,
            "prerelease": held.prerelease,
            "created_at": _TIME,
            "updated_at": _TIME,
            "published_at": None if held.draft else _TIME,
            "assets": [self.asset(one) for one in held.assets],
            "tarball_url": balls[0],
            "zipball_url": balls[1],
            "body": held.body,
        }

    def asset(self, held: StoredAsset) -> dict[str, Any]:
        """Describe an asset."""
        return {
            "url": f"{self.api}/releases/assets/{held.id}",
            "id": held.id,
            "node_id": f"RA_{held.id}",
            "name": held.name,
            "label": held.label,
            "uploader": self.user(),
            "content_type": held.kind,
            "state": held.state,
            "size": len(held.data) if held.state == "uploaded" else 0,
            "digest": held.digest,
            "download_count": 0,
            "created_at": _TIME,
            "updated_at": _TIME,
            "browser_download_url": f"{self.web}/releases/download/x/{held.name}",
        }

    def reference(self, name: str, tag: Tag) -> dict[str, Any]:
        """Describe what a tag is on: a commit, or the annotation's own object."""
        kind = "commit" if tag.annotation is None else "tag"
        return {
            "ref": f"refs/tags/{name}",
            "node_id": "REF_1",
            "url": f"{self.api}/git/refs/tags/{name}",
            "object": self._object(kind, tag.annotation or tag.commit),
        }

    def annotation(self, name: str, tag: Tag) -> dict[str, Any]:
        """Describe an annotated tag."""
        return {
            "node_id": "T_1",
            "tag": name,
            "sha": tag.annotation,
            "url": f"{self.api}/git/tags/{tag.annotation}",
            "message": name,
            "tagger": {"name": "A", "email": "a@example.com", "date": _TIME},
            "object": self._object("commit", tag.commit),
        }

    def listed_tag(self, name: str, tag: Tag) -> dict[str, Any]:
        """Describe a tag as the list of tags does."""
        return {
            "name": name,
            "node_id": "T_1",
            "commit": {"sha": tag.commit, "url": f"{self.api}/commits/{tag.commit}"},
            "zipball_url": f"{self.api}/zipball/{name}",
            "tarball_url": f"{self.api}/tarball/{name}",
        }

    def commit(self, sha: str, message: str) -> dict[str, Any]:
        """Describe a commit."""
        url = f"{self.api}/commits/{sha}"
        person = {"name": "A", "email": "a@example.com", "date": _TIME}
        return {
            "url": url,
            "sha": sha,
            "node_id": "C_1",
            "html_url": f"{self.web}/commit/{sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "url": url,
                "author": person,
                "committer": person,
                "message": message,
                "comment_count": 0,
                "tree": {"sha": sha, "url": url},
            },
            "author": self.user(),
            "committer": self.user(),
            "parents": [],
        }

    def _object(self, kind: str, sha: str) -> dict[str, Any]:
        return {"type": kind, "sha": sha, "url": f"{self.api}/git/{kind}s/{sha}"}
