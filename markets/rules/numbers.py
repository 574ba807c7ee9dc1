"""Numbers as sellers type them, in a form and in a file: read strictly, since a comma taken away is ten times the bid."""

import re

NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,4})?")


def why_no_number(cell: str) -> str:
    """What to do about a cell that `NUMBER` does not match."""
    if not cell:
        return "Give a number of kW."
    if re.fullmatch(r"\d+,\d{1,4}", cell) and not re.fullmatch(r"\d{1,3},\d{3}", cell):
        return f"Write the decimals after a point: {cell.replace(',', '.')}."
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", cell):
        return f"Write it without a comma: {cell.replace(',', '')} for thousands, or a point for decimals."
    if re.fullmatch(r"\d+\.\d{5,}", cell):
        return "Give at most four decimals."
    if re.fullmatch(r"-\d+(\.\d+)?", cell):
        return "Give a number that is not negative."
    if re.fullmatch(r"\d{11,}(\.\d+)?", cell):
        return "This number is too large."
    return "Write the number alone, for example 12.5: no unit, no currency sign, no spaces."
