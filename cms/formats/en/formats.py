"""A clock of 24 hours, as a sentence may end with it: with Django's "p.m." it would end in two stops."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "N j, Y, H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
