from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff; citizens have no account.

    Our own model from the first migration on, so that it can get fields later.
    """
