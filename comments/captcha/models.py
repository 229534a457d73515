"""How many challenges a network was given: the challenges themselves are rows of the library."""

from django.db import models


class Tally(models.Model):
    """The challenges that one network was given in one minute.

    Written by `challenges.issue_challenge` alone. A row is of no use after its minute, and is soon
    deleted.
    """

    # A keyed hash whose key changes every day, never an address.
    network = models.CharField(max_length=32)
    minute = models.DateTimeField()
    issued = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "network"], name="comments_captcha_tally_one_per_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.minute:%H:%M}: {self.issued}"
