"""What delivers: an asset (or a group of like ones) of a seller; and the question of two sellers with one meter."""

import pgtrigger
from django.db import models
from django.db.models.functions import Upper

from .fields import Kw
from .guards import not_negative, written_once
from .operator import Zone
from .people import Seller


class Asset(models.Model):
    """One asset, or one group of like devices, with the fields that sellers already know from Piclo."""

    class Voltage(models.TextChoices):
        LV = "lv", "Low voltage (below 1 kV)"
        HV = "hv", "High voltage (1 kV to 33 kV)"
        EHV = "ehv", "Extra high voltage (above 33 kV)"

    class Connection(models.TextChoices):
        OPERATIONAL = "operational", "Operational"
        PLANNED = "planned", "Planned"

    class Category(models.TextChoices):
        DEMAND = "demand", "Demand"
        GENERATION = "generation", "Generation"
        STORAGE = "storage", "Storage"

    class Scale(models.TextChoices):
        DOMESTIC = "domestic", "Domestic"
        COMMERCIAL = "commercial", "Commercial"
        INDUSTRIAL = "industrial", "Industrial"
        GRID = "grid", "Grid scale"

    class MeteringPoint(models.TextChoices):
        BOUNDARY = "boundary", "Boundary meter"
        ASSET = "asset", "Meter at the asset"

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="assets")
    ref = models.CharField(max_length=60, help_text="The seller's own reference.")
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=20, choices=Category, blank=True)
    scale = models.CharField(max_length=20, choices=Scale, blank=True)
    technology = models.CharField(max_length=80, help_text="Asset type, e.g. EV charge point.")
    device_count = models.PositiveIntegerField(default=1)
    voltage_level = models.CharField(max_length=3, choices=Voltage, default=Voltage.LV)
    connection_status = models.CharField(max_length=20, choices=Connection, default=Connection.OPERATIONAL)
    postcode = models.CharField(max_length=10, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    import_meter_id = models.CharField("import MPAN", max_length=13, blank=True)
    export_meter_id = models.CharField("export MPAN", max_length=13, blank=True)
    licence_area = models.CharField(max_length=10, blank=True, help_text="By the MPAN's first two digits.")
    zones = models.ManyToManyField(Zone, blank=True, related_name="assets")
    max_import_capacity_kw = Kw(default=0)
    max_export_capacity_kw = Kw(default=0)
    active_import_kw = Kw(null=True, blank=True, help_text="What of the import it can offer.")
    active_export_kw = Kw(null=True, blank=True, help_text="What of the export it can offer.")
    reactive_import_kvar = Kw(null=True, blank=True)
    reactive_export_kvar = Kw(null=True, blank=True)
    response_time_minutes = models.PositiveIntegerField(null=True, blank=True)
    min_runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    max_runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    recovery_time_minutes = models.PositiveIntegerField(null=True, blank=True)
    metering_point = models.CharField(max_length=20, choices=MeteringPoint, default=MeteringPoint.BOUNDARY)
    meter_interval_minutes = models.PositiveSmallIntegerField(default=30)
    supplier = models.CharField(max_length=100, blank=True)
    operational_date = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="From then on it stands behind no new bid.")

    class Meta:
        ordering = ["seller", "ref"]
        indexes = [
            models.Index(fields=["import_meter_id"]),
            models.Index(fields=["export_meter_id"]),
            models.Index(Upper("ref"), name="asset_by_ref"),  # a trigger may name it, and nothing but it
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller", "ref"], name="asset_ref_once_per_seller"),
            models.CheckConstraint(
                condition=not_negative(
                    "max_import_capacity_kw",
                    "max_export_capacity_kw",
                    "active_import_kw",
                    "active_export_kw",
                    "reactive_import_kvar",
                    "reactive_export_kvar",
                ),
                name="asset_capacity_not_negative",
            ),
        ]
        # An asset is retired, never deleted: bids refer to it without a key check, which 30,000 bids would wait for.
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"


class MpanClash(models.Model):
    """The same MPAN at assets of two sellers: a question for customer success. Neither seller hears of the other."""

    mpan = models.CharField("MPAN", max_length=13)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="clashes", help_text="The later one.")
    other = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+", help_text="The earlier one.")
    found_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "MPAN clash"
        verbose_name_plural = "MPAN clashes"
        constraints = [
            models.UniqueConstraint(
                fields=["mpan", "asset", "other"], condition=models.Q(resolved_at=None), name="mpan_clash_open_once"
            )
        ]
        triggers = [written_once("resolved_at")]

    def __str__(self) -> str:
        return f"{self.mpan}: {self.asset} and {self.other}"
