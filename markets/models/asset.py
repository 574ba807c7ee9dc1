"""What delivers: an asset (or a group of like ones) of a seller, and a market's decision about it."""

from django.db import models

from .fields import Kw
from .guards import guarded_states, not_negative, written_once
from .operator import Market, Zone
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

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="assets")
    ref = models.CharField(max_length=60, help_text="The seller's own reference.")
    name = models.CharField(max_length=200)
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
    response_time_minutes = models.PositiveIntegerField(null=True, blank=True)
    min_runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    max_runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    recovery_time_minutes = models.PositiveIntegerField(null=True, blank=True)
    meter_interval_minutes = models.PositiveSmallIntegerField(default=30)
    supplier = models.CharField(max_length=100, blank=True)
    operational_date = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "ref"]
        indexes = [models.Index(fields=["import_meter_id"]), models.Index(fields=["export_meter_id"])]
        constraints = [
            models.UniqueConstraint(fields=["seller", "ref"], name="asset_ref_once_per_seller"),
            models.CheckConstraint(
                condition=not_negative("max_import_capacity_kw", "max_export_capacity_kw"),
                name="asset_capacity_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"


@guarded_states()
class Qualification(models.Model):
    """An asset offered to a market, and what the operator decided. Its moves stand in the journal."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        QUALIFIED = "qualified", "Qualified"
        REFUSED = "refused", "Refused"

    MOVES = (
        (Status.OFFERED, Status.QUALIFIED),
        (Status.OFFERED, Status.REFUSED),
        (Status.QUALIFIED, Status.REFUSED),
        (Status.REFUSED, Status.QUALIFIED),
    )

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="qualifications")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="qualifications")
    status = models.CharField(max_length=20, choices=Status, default=Status.OFFERED)
    reason = models.CharField(max_length=500, blank=True)
    offered_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    position = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="Its place in the operator's feed."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "market"], name="qualification_once_per_market"),
            models.UniqueConstraint(fields=["market", "position"], name="qualification_position_once"),
        ]
        triggers = [written_once("position")]

    def __str__(self) -> str:
        return f"{self.asset} in {self.market}: {self.get_status_display()}"
