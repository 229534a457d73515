from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError

from portal.checks import footer_fields_are_filled
from portal.models import SiteIdentity

pytestmark = pytest.mark.django_db


def test_blank_footer_field_is_warned_of() -> None:
    fields = dict.fromkeys(SiteIdentity.FOOTER_FIELDS, "điền rồi")
    SiteIdentity.objects.create(valid_from=date(2025, 7, 1), name="UBND", **fields | {"phone": ""})
    [warning] = footer_fields_are_filled(databases=["default"])
    assert warning.id == "portal.W002"
    assert "điện thoại" in warning.msg


def test_portal_without_identity_is_warned_of() -> None:
    assert [w.id for w in footer_fields_are_filled(databases=["default"])] == ["portal.W001"]


def test_nothing_is_asked_of_the_database_unless_it_is_to_be_checked() -> None:
    assert footer_fields_are_filled(databases=None) == []


def test_database_before_its_first_migration_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(day: date) -> None:
        raise ProgrammingError("relation portal_siteidentity does not exist")

    monkeypatch.setattr(SiteIdentity.objects, "valid_on", fail)
    assert footer_fields_are_filled(databases=["default"]) == []
