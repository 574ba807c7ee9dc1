"""A list as a file that a page hands out, at sellers' pages and at the console."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse


def csv_file(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    """A CSV to be kept under that name, sent line by line."""
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
