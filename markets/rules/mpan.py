"""What an MPAN says: whether its check digit holds, and whose area it lies in.

Source: the MPAN core of 13 digits as the industry's data catalogue defines it; the first two digits are the
distributor's. A foreign prefix is an independent network's: "ask a person", not "refuse" (our assumption).
"""

LICENCE_AREAS = {"11": "EM", "14": "WM", "21": "SWA", "22": "SWE"}
AREA_NAMES = {"EM": "East Midlands", "WM": "West Midlands", "SWA": "South Wales", "SWE": "South West"}
PRIMES = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)


def check_digit(first_twelve: str) -> int:
    """The thirteenth digit: the weighted sum modulo 11, modulo 10."""
    return sum(int(digit) * prime for digit, prime in zip(first_twelve, PRIMES, strict=True)) % 11 % 10


def mpan_problem(number: str) -> str:
    """Why `number` is no MPAN, as a sentence; empty where it is one."""
    if not number.isascii() or not number.isdigit() or len(number) != 13:
        return "An MPAN has 13 digits: the lower row of the supply number on the bill."
    if check_digit(number[:12]) != int(number[12]):
        return "The last digit does not fit the others: one digit is probably mistyped."
    return ""


def licence_area(number: str) -> str:
    """The licence area that the first two digits name, e.g. EM; empty for an independent network's, or no number."""
    return LICENCE_AREAS.get(number[:2], "")
