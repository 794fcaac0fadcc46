"""The files that every page needs, each compressed once and not at every visit.

The style sheet of the house alone takes a fortieth of a second to compress, which was most of what
a first visit cost.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

#: What shrinks; pictures and fonts are compressed already.
_SHRINKING = ("text/", "application/json", "image/svg+xml")


class PackedFiles(StaticFiles):
    """Static files that are sent compressed to whoever takes them so."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, compressed where that helps; or that it has not changed."""
        plain = super().file_response(full_path, stat_result, scope, status_code)
        if not isinstance(plain, FileResponse):
            return plain
        if not (plain.media_type or "").startswith(_SHRINKING):
            return plain
        plain.headers.add_vary_header("Accept-Encoding")
        if "gzip" not in Headers(scope=scope).get("Accept-Encoding", ""):
            return plain
        body = _packed(str(full_path), stat_result.st_mtime_ns)
        kept = {key: value for key, value in plain.headers.items() if key != "content-length"}
        return Response(body, status_code, {**kept, "content-encoding": "gzip"})


@lru_cache(maxsize=128)
def _packed(path: str, _changed_at: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)
