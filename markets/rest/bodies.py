"""What callers of the API send, checked: one object, or the rows of a list with every fault of every row at once."""

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.settings import api_settings

from ..problems import Refused, RowProblem
from ..rules.words import to_correct
from .fields import Fields

MOST_ROWS = 50_000

type Rows = list[tuple[int, dict[str, Any]]]


class Malformed(Refused):
    """A body that is no JSON at all."""

    status = 400
    title = "Malformed JSON"


class NotUtf8(Refused):
    """A body in another encoding than the API speaks."""

    status = 400
    title = "Not UTF-8"


class NotAsDescribed(Refused):
    """A body whose fields are not as the API's documents say."""

    title = "Not as described"


class JsonBody(BaseParser):
    """JSON, and where it is malformed, the line and character."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            return json.loads(_utf8(stream.read()), parse_constant=_no_number, object_pairs_hook=_once_each)
        except json.JSONDecodeError as error:
            near = RowProblem(error.lineno, f"character {error.colno}", error.doc[error.pos :][:20], error.msg)
            raise Malformed(f"Line {error.lineno}, character {error.colno}: {error.msg}.", [near]) from error
        except UnicodeDecodeError as error:
            raise NotUtf8(f"Send UTF-8: byte {error.start} is none.") from error
        except (ValueError, RecursionError) as error:
            raise Malformed(f"This JSON cannot be read: {error}.") from error


class CsvBody(BaseParser):
    """A file as it is: the bytes."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        content: bytes = stream.read()
        _refuse_utf16(content)
        return content


def file_in(request: Request) -> bytes | None:
    """The CSV file that was sent, empty where the body is; None where it is no CSV. The framework parses no empty body."""
    if isinstance(request.data, bytes):
        return request.data
    is_csv = (request.content_type or "").partition(";")[0].strip().lower() == CsvBody.media_type
    return b"" if is_csv else None


def _utf8(content: bytes) -> str:
    """The text of a JSON body, in which no null character stands: two-byte encodings are full of them."""
    _refuse_utf16(content)
    if b"\0" in content:
        raise NotUtf8("There are null characters in this body, as in UTF-16. Send it as UTF-8.")
    return content.decode("utf-8-sig")


def _refuse_utf16(content: bytes) -> None:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise NotUtf8("This body is in UTF-16. Send it as UTF-8.")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Of a name that stands twice nobody knows which value is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:60]
        reason = "This name stands twice in one object: send it once."
        raise Malformed(f"'{twice}': {reason}", [RowProblem(0, twice, "", reason)])
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def read_object(fields: Fields, body: Any) -> dict[str, Any]:
    """The checked fields of one object. Raises NotAsDescribed with all its faults."""
    values, faults = _read(fields, body, 0)
    if faults:
        raise NotAsDescribed(f"{to_correct(len(faults))}: {_in_words(faults)}", faults)
    return values


def read_rows(fields: Fields, body: Any) -> tuple[Rows, list[RowProblem]]:
    """The good rows of a list with their lines (from 1), and every fault of the others."""
    if not isinstance(body, list):
        raise NotAsDescribed("Send a list: [ {...}, {...} ].")
    if len(body) > MOST_ROWS:
        raise NotAsDescribed(f"{len(body):,} rows are too many for one call: send at most {MOST_ROWS:,}.")
    good: Rows = []
    problems: list[RowProblem] = []
    for line, row in enumerate(body, start=1):
        values, faults = _read(fields, row, line)
        if faults:
            problems += faults
        else:
            good.append((line, values))
    return good, problems


def read_all_rows(fields: Fields, body: Any) -> Rows:
    """All rows of a list. Raises NotAsDescribed with every fault of every row."""
    rows, problems = read_rows(fields, body)
    if problems:
        raise NotAsDescribed(f"Nothing was kept: {to_correct(len(problems))}.", problems)
    return rows


def _read(fields: Fields, row: Any, line: int) -> tuple[dict[str, Any], list[RowProblem]]:
    try:
        values = fields.run_validation(row)
    except serializers.ValidationError as error:
        return {}, [RowProblem(line, *fault) for fault in _faults(error.detail, row, "")]
    return values, []


def _faults(detail: Any, given: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Column, value and reason of each fault in the framework's nested answer."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                yield from _faults(inner, given, path)
            else:
                step = f"[{name}]" if isinstance(name, int) else f".{name}"
                yield from _faults(inner, _inside(given, name), f"{path}{step}".lstrip("."))
    elif any(isinstance(inner, dict | list) for inner in detail):
        for place, inner in enumerate(detail):
            yield from _faults(inner, _inside(given, place), f"{path}[{place}]") if inner else ()
    else:
        value = "" if given is None or isinstance(given, dict | list) else str(given)
        yield path or "body", value, " ".join(map(str, detail))


def _inside(given: Any, name: str | int) -> Any:
    try:
        return given[name]
    except (KeyError, IndexError, TypeError):
        return None


def _in_words(faults: list[RowProblem]) -> str:
    return "; ".join(f"{fault.column}: {fault.reason}" for fault in faults[:5])
