"""NGED's products: who is called by trigger, and who pays what."""

from piclo_nged.dso.nged.products import PRODUCTS, product_called


def test_only_operational_utilisation_is_called_by_trigger() -> None:
    scheduled = {facts.key for facts in PRODUCTS if not facts.is_triggered}
    assert scheduled == {"sustain", "su"}


def test_every_product_pays_something_and_has_an_heir_that_exists() -> None:
    keys = {facts.key for facts in PRODUCTS}
    for facts in PRODUCTS:
        assert facts.pays_availability or facts.pays_utilisation or facts.pays_sustain, facts.name
        assert facts.succeeded_by in keys | {""}, facts.name


def test_a_product_is_found_under_every_spelling_of_the_files() -> None:
    assert {product_called(name).key for name in ("SU", "su_hv", "SU_LV", "Scheduled Utilisation ")} == {"su"}
    assert product_called("Sustain").pays_sustain
    assert product_called("Voltage Support") is None
