"""A pytest plugin: `pytest` by itself, without manage.py, gets its throwaway server too."""

import os
from collections.abc import Generator

import pytest

from piclo_nged.databases import debug_is_on
from piclo_nged.embedded.server import throwaway


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Around all that loads Django's settings, which read DATABASE_URL once.

    The server stops when the process ends: nothing else has to ask it to.
    """
    if not os.environ.get("DATABASE_URL") and debug_is_on():
        os.environ["DATABASE_URL"] = throwaway().url()
    return (yield)
