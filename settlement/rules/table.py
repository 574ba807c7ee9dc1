"""The cells of a file below its header, as columns: read by a library that is as fast as the disk."""

import io
from collections.abc import Mapping

import polars as pl

from .shape import Shape

type Kind = type[pl.Float64] | type[pl.String]


def below_header(text: str, shape: Shape) -> str:
    """What stands below the header."""
    end = -1
    for _ in range(shape.header_line):
        end = text.find("\n", end + 1)
        if end < 0:
            return ""
    return text[end + 1 :]


def table_of(body: str, shape: Shape, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """A column per column of the header; a missing cell is null. Raises polars' own errors.

    An empty line goes first, so that no row of the file decides how many columns there are.
    """
    first = shape.separator * (len(shape.names) - 1)
    source = io.BytesIO(f"{first}\n{body}".encode())
    frame = pl.read_csv(source, has_header=False, separator=shape.separator, schema=dict(kinds), raise_if_empty=False)
    return frame[1:]
