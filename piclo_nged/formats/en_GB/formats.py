"""British English, with the clock of the field: gates close at 23:59, not at 11:59 p.m."""

DATETIME_FORMAT = "j M Y H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
