"""The staff accounts of a demo site."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import User

# Easy to read out and to type; 12 of them are some 58 bits.
ALPHABET = "abcdefghkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Login:
    """One account with its password in plain text, as the folder of the demo site keeps it."""

    username: str
    password: str
    role: str


def ensure_logins(folder: Path) -> list[Login]:
    """Return the demo log-ins, and make them on the first start.

    The passwords are random for each site, and kept in a file that only its owner can read.

    Args:
        folder: the folder of the site's data.
    """
    path = folder / "demo_staff.json"
    if path.exists():
        known = [Login(**entry) for entry in json.loads(path.read_text())]
        # The file may have been left by an earlier database.
        if User.objects.filter(username=known[0].username).exists():
            return known
    # The demo comments have an inactive account.
    if User.objects.filter(is_active=True).exists():
        return []
    logins = []
    with transaction.atomic():
        for username, role, group in (
            ("quantri", _("administrator"), None),
            ("bientap", _("editor"), "Biên tập viên"),
            ("congtac", _("contributor"), "Cộng tác viên"),
        ):
            password = "-".join(
                "".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(3)
            )
            if group is None:
                User.objects.create_superuser(username, password=password)
            else:
                user = User.objects.create_user(username, password=password, is_staff=True)
                user.groups.add(Group.objects.get(name=group))
            logins.append(Login(username, password, str(role)))
        # Within the transaction: no accounts without their passwords.
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps([asdict(login) for login in logins], ensure_ascii=False))
        draft.rename(path)
    return logins
