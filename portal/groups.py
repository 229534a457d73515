"""The groups that a newsroom begins with, made after each migration where they are missing.

A data migration would run before the permissions exist, and would not survive the flush between
tests. What an office changes in its groups is never touched again; only rights that did not exist
before this migration are added.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

EDITORS = "Biên tập viên"
WRITERS = "Cộng tác viên"
MODERATORS = "Người kiểm duyệt bình luận"
# The apps whose data the editors look after.
EDITED = ["news", "ratings", "comments", "stats", "portal"]
# Rows that the database and the gate write for themselves; no page of the admin shows them.
KEPT_BY_ITSELF = ["listing", "listingmonth", "commenttally", "sendlimit"]


def create_groups(using: str = "default", **kwargs: Any) -> None:
    """Make the groups that are missing; a receiver of `post_migrate`."""
    try:
        kwargs.get("apps", apps).get_model("auth", "Group")
    except LookupError:
        return  # only some apps were migrated, and there is no table of groups yet
    permissions = Permission.objects.using(using)
    earlier = set(permissions.values_list("pk", flat=True))
    for label in EDITED:
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    rights = {
        EDITORS: _rights_of_editors(permissions),
        WRITERS: _rights_of_writers(permissions),
        MODERATORS: _rights_of_moderators(permissions),
    }
    for name, granted in rights.items():
        with transaction.atomic(using=using):
            group, is_new = Group.objects.using(using).get_or_create(name=name)
            # What a new version brings along, nobody has taken away from a group yet.
            group.permissions.add(*(granted if is_new else granted.exclude(pk__in=earlier)))


def _rights_of_editors(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    """Everything in our apps and in the frame of the pages, staff accounts excepted."""
    return permissions.filter(content_type__app_label__in=EDITED).exclude(
        content_type__model__in=["user", *KEPT_BY_ITSELF]
    )


def _rights_of_writers(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    """Drafts of their own with pictures and attachments; the rest of the newsroom to look up."""
    own = Q(codename__in=["add_article", "change_article", "delete_article", "add_image"])
    files = Q(codename__in=["add_attachment", "change_attachment", "delete_attachment"])
    look_up = Q(
        codename__in=[
            *("view_article", "view_image", "view_attachment", "view_category", "view_tag"),
            *("view_series", "view_author", "add_tag"),
        ]
    )
    return permissions.filter(own | files | look_up, content_type__app_label="news")


def _rights_of_moderators(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    """Decisions about comments and what they are made by; not the erasing of personal data."""
    decide = Q(codename__in=["moderate_comment", "delete_block"])
    words = Q(content_type__model__in=["listedphrase", "cannedreason"])
    look_up = Q(
        codename__in=[
            *("view_comment", "view_report", "view_decision", "view_block", "view_consenttext"),
            *("view_commentsettings", "view_commentswitch"),
        ]
    )
    return permissions.filter(decide | words | look_up, content_type__app_label="comments")
