"""The default groups of staff, created after each migration if they are missing.

A data migration would run before the permissions exist, and a flush would delete its rows. What an
office changed in its groups stays; only permissions that the migration itself created are added.
"""

from __future__ import annotations

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

EDITORS = "Biên tập viên"
WRITERS = "Cộng tác viên"
MODERATORS = "Người kiểm duyệt bình luận"
# The apps whose data editors may change.
APPS = ["news", "ratings", "comments", "stats", "portal"]
# Tables written by triggers, limits and commands only; they have no page in the admin.
INTERNAL_MODELS = ["listing", "listingmonth", "commenttally", "sendlimit", "backup"]


def create_groups(using: str = "default", apps: Apps = installed_apps, **kwargs: object) -> None:
    """Create the missing groups; a receiver of `post_migrate`."""
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return  # only some apps were migrated: there is no table of groups yet
    permissions = Permission.objects.using(using)
    earlier = set(permissions.values_list("pk", flat=True))
    for label in APPS:
        create_permissions(installed_apps.get_app_config(label), verbosity=0, using=using)
    rights = {
        EDITORS: _rights_of_editors(permissions),
        WRITERS: _rights_of_writers(permissions),
        MODERATORS: _rights_of_moderators(permissions),
    }
    for name, granted in rights.items():
        with transaction.atomic(using=using):
            group, is_new = Group.objects.using(using).get_or_create(name=name)
            # A permission that is new cannot have been removed from the group by the office.
            group.permissions.add(*(granted if is_new else granted.exclude(pk__in=earlier)))


def _rights_of_editors(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    """Everything in our apps except staff accounts."""
    return permissions.filter(content_type__app_label__in=APPS).exclude(
        content_type__model__in=["user", *INTERNAL_MODELS]
    )


def _rights_of_writers(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    """Their own drafts with pictures and attachments; they may view the rest of the news."""
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
    """Decisions about comments, listed phrases and canned reasons; not erasing personal data."""
    decide = Q(codename__in=["moderate_comment", "delete_block"])
    word_lists = Q(content_type__model__in=["listedphrase", "cannedreason"])
    look_up = Q(
        codename__in=[
            *("view_comment", "view_report", "view_decision", "view_block", "view_consenttext"),
            *("view_commentsettings", "view_commentswitch"),
        ]
    )
    return permissions.filter(decide | word_lists | look_up, content_type__app_label="comments")
