"""Where a postcode lies: the operator's table of postcodes (NGED publishes `WHERE All Postcodes`)."""

from django.db import models

from .operator import Operator, Zone


class Postcode(models.Model):
    """The zones of one postcode. `code` is written without spaces, in capitals: NG11AA."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="postcodes")
    code = models.CharField(max_length=8)
    hv_zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lv_zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    primary_substation = models.CharField(max_length=200, blank=True)
    primary_substation_number = models.CharField(max_length=40, blank=True)
    grid_supply_point = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="postcode_once_per_operator")]

    def __str__(self) -> str:
        return self.code
