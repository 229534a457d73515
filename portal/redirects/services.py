"""Write redirects, so that each leads to its final target in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from news.old_addresses import old_path
from news.transactions import retry_on_conflict
from portal.models import MissingAddress, Redirect, User
from portal.models.redirects import TARGET_FIELDS, TargetObject
from portal.redirects import targets
from portal.redirects.planning import (
    CHANGED,
    NEW,
    REFUSED,
    PlannedRedirect,
    RequestedRedirect,
    plan_redirects,
)
from portal.redirects.targets import Target


@retry_on_conflict
@transaction.atomic
def save_redirects(
    *, requests: Sequence[RequestedRedirect], by: User | None, skip_refused: bool = False
) -> list[PlannedRedirect]:
    """Write redirects, all of them or none; returns what became of each.

    Raises ValidationError if one is refused, unless those are to be skipped.
    """
    lock_redirects()
    plans = plan_redirects(requests)
    refused = [plan for plan in plans if plan.outcome == REFUSED]
    if refused and not skip_refused:
        raise ValidationError([f"{plan.requested.line}: {plan.reason}" for plan in refused])
    _write([plan for plan in plans if plan.outcome in {NEW, CHANGED}], by)
    delete_missing_addresses(plan.path for plan in plans if plan.outcome != REFUSED)
    return plans


@retry_on_conflict
@transaction.atomic
def save_redirect(*, redirect: Redirect) -> None:
    """Write one redirect, new or changed, whose target `plan_redirects` has found."""
    lock_redirects()
    redirect.save(force_update=not redirect._state.adding)
    _shorten_chains({redirect.path: redirect})
    delete_missing_addresses([redirect.path])


@retry_on_conflict
@transaction.atomic
def redirect_earlier_url(*, earlier_url: str, target: TargetObject, by: User | None) -> None:
    """Redirect the earlier address of a renamed or merged object to the object.

    A redirect from its new address is deleted: there is a page now.
    """
    lock_redirects()
    with translation.override(settings.LANGUAGE_CODE):
        Redirect.objects.filter(path=old_path(target.get_absolute_url())).delete()
    path = old_path(earlier_url)
    plan = PlannedRedirect(
        RequestedRedirect(0, path, ""), NEW, path, targets.target_of_object(target)
    )
    _write([plan], by)
    delete_missing_addresses([path])


def set_target(redirect: Redirect, target: Target) -> None:
    """Set the one target of a redirect, and clear every other."""
    for name in TARGET_FIELDS:
        setattr(redirect, f"{name}_id", target.value if name == target.field else None)
    redirect.address = str(target.value) if target.field == "address" else ""


def delete_missing_addresses(paths: Iterable[str]) -> None:
    """Remove addresses that have a redirect now from the list of the missing ones."""
    MissingAddress.objects.filter(path__in=list(paths)).delete()


def lock_redirects() -> None:
    """Until the end of the transaction; two at the same time could each write half of a circle.

    It comes before the locks of rows, as redirects point to them: docs/database.md.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal_redirect'))")


def _write(plans: Sequence[PlannedRedirect], by: User | None) -> None:
    rows = []
    for plan in plans:
        if plan.target is not None:
            row = Redirect(path=plan.path, created_by=by)
            set_target(row, plan.target)
            rows.append(row)
    Redirect.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=[*(f"{name}_id" for name in TARGET_FIELDS), "address"],
    )
    _shorten_chains({row.path: row for row in rows})


def _shorten_chains(rows: dict[str, Redirect]) -> None:
    """Change the redirects that lead to one of these old paths: they lead to its target instead."""
    addresses = [spelling for path in rows for spelling in (path, f"{path}/")]
    for earlier in Redirect.objects.filter(address__in=addresses):
        set_target(earlier, targets.target_of_redirect(rows[targets.old_path_of(earlier.address)]))
        earlier.save()
