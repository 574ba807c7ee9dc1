"""What can be said of a company's particulars without asking anybody: whether they can be what they claim to be."""

import re

REGISTERED = re.compile(r"^(?:\d{8}|[A-Z]{2}\d{6})$")
FEWEST_DIGITS = 7


def company_number(typed: str) -> str:
    """The number as the register writes it: capitals, no spaces, eight characters with the zeros in front."""
    number = "".join(typed.split()).upper()
    return number.zfill(8) if number.isdecimal() else number


def company_number_problem(number: str) -> str:
    """Why this is no number of the register of companies; empty where it can be one, or none is given."""
    if not number or REGISTERED.match(number):
        return ""
    return "A company number has eight characters, for example 01234567 or SC123456. Copy it from the register."


def phone_problem(phone: str) -> str:
    """Why nobody can be called there; empty where somebody can, or none is given."""
    if not phone or sum(character.isdecimal() for character in phone) >= FEWEST_DIGITS:
        return ""
    return "Give the whole telephone number with its area code, for example 020 7946 0000."
