"""The arithmetic of settlement: pure functions over readings, terms and prices. No database, no clock.

Signs and units, everywhere here: power in whole watts; energy in whole watt-minutes, in `delivery` in tenths of them;
+ export and - import; money in Decimal GBP. Decimal begins where a line is made (`delivery.kwh`, `pay`).
"""
