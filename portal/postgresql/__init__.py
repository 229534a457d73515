"""What the embedded PostgreSQL is built from, and Django's backend for it (`base`)."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot work here; the message says what to do."""

    def __init__(self, reason: str):
        super().__init__(
            f"{reason}\nTo use a PostgreSQL server of your own instead, set DATABASE_URL."
        )
