"""A CSV as people save it: its text and its rows, or one sentence that says why it can't be read."""

import csv
import io
from collections.abc import Iterator

from ..problems import Refused

MOST_BYTES = 20_000_000
EMPTY = "This file is empty. Send a header and the rows below it, saved as CSV."


class UnreadableFile(Refused):
    """A file that can't be read at all. The message is one sentence or two: what it is, and what to do."""

    title = "Not a CSV that we can read"


class EmptyFile(UnreadableFile):
    """A file without a row: somebody exported or attached the wrong thing."""

    status = 400
    title = "Nothing was sent"


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8. Raises UnreadableFile for what is empty, too large, a spreadsheet or no text."""
    if not content.strip():
        raise EmptyFile(EMPTY)
    if len(content) > MOST_BYTES:
        raise UnreadableFile(f"This file is larger than {MOST_BYTES // 10**6} MB. Send it in parts.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile("This is a spreadsheet, not a CSV. In Excel choose Save As, then 'CSV UTF-8'.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "This file is not in UTF-8, so names in it can't be read for certain. In Excel choose Save As, 'CSV UTF-8'."
        ) from error
    if "\0" in text:
        raise UnreadableFile("This is not a text file. Save the sheet as 'CSV UTF-8', and choose that file.")
    return text


def rows_of(text: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins; the first is the header.

    Commas, semicolons or tabs separate, whichever the header has most of. Raises UnreadableFile for more than `most`
    rows below the header, where no row holds anything, and where it is no CSV.
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    count, begins = 0, 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(map(str.strip, cells)):
                continue
            count += 1
            if count > most + 1:
                raise UnreadableFile(f"This file has more than {most:,} rows. Send it in parts.")
            yield line, cells
    except csv.Error as error:
        raise UnreadableFile(
            f"From line {begins} this is no CSV ({error}). Look for a quotation mark that is not closed."
        ) from error
    if not count:
        raise EmptyFile(EMPTY)
