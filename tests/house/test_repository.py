"""What may be committed: nothing of one developer's machine, nothing that a page fetches afar."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In two halves, or this very file would break the rule.
PACKAGE_SOURCES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "mirror.com",
    "un" + "pkg.com",
    "js" + "delivr.net",
    "cdn" + "js.cloudflare.com",
    "deb" + ".debian.org",
    "proxy" + ".golang.org",
    "static" + ".crates.io",
    "mirrors" + ".aliyun.com",
    "mirrors" + ".tuna.tsinghua.edu.cn",
    "extra-" + "index-url",
    "find-" + "links",
)
# Letters in brackets, for the same reason.
DEVELOPERS_PATH = re.compile(r"/[r]oot/|/[U]sers/\w+/|/[h]ome/\w+/\w|(?<![\w.:])/[w]ork/\w")
INLINE = re.compile(
    r"""<style\b
      | <script\b(?![^>]*\b(?:src=|type="application/(?:ld\+)?json"))
      | \sstyle\s*=
      | \son[a-z]+\s*=
      | \shx-on[:\w-]*\s*=
      | javascript:""",
    re.VERBOSE | re.IGNORECASE,
)
ELSEWHERE = re.compile(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)


def test_no_file_names_a_source_of_packages() -> None:
    found = [
        f"{path}: {source}"
        for path, text in _committed_texts()
        for source in PACKAGE_SOURCES
        if source in text
    ]
    assert not found


def test_no_file_names_a_folder_of_one_developers_machine() -> None:
    found = [
        f"{path}: {match[0]}"
        for path, text in _committed_texts()
        if not _is_vendored(path)
        for match in DEVELOPERS_PATH.finditer(text)
    ]
    assert not found


def test_the_lock_is_the_one_that_plain_pip_reads() -> None:
    names = {path.name for path in _committed()}
    assert {"requirements.txt", "requirements-dev.txt"} <= names
    assert names.isdisjoint({"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"})


def test_the_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (
        set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime
    assert runtime <= development


def test_templates_hold_no_inline_script_or_style() -> None:
    """The pages' content security policy would refuse them."""
    assert not _in_templates(INLINE)


def test_templates_send_no_reader_elsewhere() -> None:
    """A hospital's network may have no way out: everything is served from our own address."""
    assert not _in_templates(ELSEWHERE)


@pytest.mark.parametrize("manifest", ["web/static/vendor", "tests/journeys/vendor"])
def test_vendored_files_are_what_their_packages_hold(manifest: str) -> None:
    folder = ROOT / manifest
    packages = tomllib.loads((folder / "MANIFEST.toml").read_text("utf-8"))["package"]
    listed = {
        f"{package['folder']}/{name}": digest
        for package in packages
        for name, digest in package["sha256"].items()
    }
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "MANIFEST.toml"
    }
    assert present == listed
    assert all(f"{package['folder']}/LICENSE" in listed for package in packages)


def test_no_test_is_skipped_expected_to_fail_or_told_by_a_mock() -> None:
    dodges = re.compile(
        r"\bpytest\.(?:skip|xfail|importorskip)\b|\bmark\.(?:skip|skipif|xfail)\b|unittest\.mock"
    )
    found = [
        f"{path}: {match[0]}"
        for path, text in _committed_texts()
        if path.parts[0] == "tests" and path.suffix == ".py" and path.name != Path(__file__).name
        for match in dodges.finditer(text)
    ]
    assert not found


@cache
def _committed() -> tuple[Path, ...]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git stands where it stands
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # A file that is deleted but not yet committed is still listed.
    return tuple(Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file())


@cache
def _committed_texts() -> tuple[tuple[Path, str], ...]:
    return tuple((path, (ROOT / path).read_text("utf-8", "replace")) for path in _committed())


def _is_vendored(path: Path) -> bool:
    return "vendor" in path.parts


def _in_templates(pattern: re.Pattern[str]) -> list[str]:
    templates = ROOT / "web" / "templates"
    files = chain.from_iterable(templates.rglob(f"*.{kind}") for kind in ("html", "svg", "jinja"))
    return [
        f"{path.relative_to(ROOT)}: {match[0].strip()}"
        for path in sorted(files)
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
