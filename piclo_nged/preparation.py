"""What every database of this project holds before the story begins: the operator, its products, the canary, steps, help, jobs."""

from django.db import transaction

from dispatch.operations import prepare_canary
from markets.models import Operator, Product
from markets.operations.journal import By, record
from sops.help.publishing import publish_articles
from sops.operations import sync_steps

from .dso.nged.products import PRODUCTS, ProductFacts
from .schedules import install_schedules


@transaction.atomic
def prepare(*, by: By = "preparation") -> Operator:
    """Brings a migrated database to where the story can begin. Returns the operator NGED.

    Safe to call at every start: what is there, and may have been changed in the console since, stays as it is.
    """
    nged, is_new = Operator.objects.get_or_create(
        key="nged", defaults={"name": "National Grid Electricity Distribution", "short_name": "NGED"}
    )
    before = nged.products.count()
    Product.objects.bulk_create([_product(nged, facts) for facts in PRODUCTS], ignore_conflicts=True)
    added = nged.products.count() - before
    if is_new or added:
        record(by=by, verb="prepare", subject=nged, products=added)
    prepare_canary(by=by)
    sync_steps(by=by)
    publish_articles(by=by)
    install_schedules()
    return nged


def _product(operator: Operator, facts: ProductFacts) -> Product:
    return Product(
        operator=operator,
        key=facts.key,
        name=facts.name,
        call=Product.Call.TRIGGERED if facts.is_triggered else Product.Call.SCHEDULED,
        direction=Product.Direction(facts.direction.value),
        pays_availability=facts.pays_availability,
        pays_utilisation=facts.pays_utilisation,
        pays_sustain=facts.pays_sustain,
    )
