"""Customer success at the console: staff without any right of its own, for the console asks for none."""

import pytest
from django.test import Client

from markets.models import User


@pytest.fixture
def colleague(db: None) -> User:
    return User.objects.create_user("casey@piclo.example", "a-long-password", first_name="Casey", is_staff=True)


@pytest.fixture
def console(colleague: User, client: Client) -> Client:
    client.force_login(colleague)
    return client
