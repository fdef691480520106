"""When something that must happen again and again happened last."""

from django.db import models


class Heartbeat(models.Model):
    """The last time that `name` was heard: the clock (`beat`), a backup (`backup`)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
