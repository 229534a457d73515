"""Staff accounts and groups, with the permissions in the language of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.staff_admin.model_admin import DeletedObjects, StaffAdmin
from news.transactions import retry_on_conflict
from portal.groups import APPS, INTERNAL_MODELS
from portal.models import User

VERBS = {
    "add": gettext_lazy("may add: %(name)s"),
    "change": gettext_lazy("may change: %(name)s"),
    "delete": gettext_lazy("may delete: %(name)s"),
    "view": gettext_lazy("may view: %(name)s"),
}


def permission_words(permission: Permission) -> str:
    """The name of a permission in the current language; Django stores it in English."""
    content_type = permission.content_type
    verb = VERBS.get(permission.codename.removesuffix(f"_{content_type.model}"))
    label = verb % {"name": content_type.name} if verb else _(permission.name)
    model = content_type.model_class()
    area = model._meta.app_config.verbose_name if model else content_type.app_label
    return f"{area} | {capfirst(label)}"


class PermissionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Permission) -> str:
        return permission_words(obj)


class PermissionsAdmin(StaffAdmin):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.remote_field.model is Permission:
            kwargs["form_class"] = PermissionsField
            # Without those of tables that have no page in the admin.
            kwargs["queryset"] = (
                Permission.objects.filter(content_type__app_label__in=[*APPS, "auth"])
                .exclude(content_type__model__in=[*INTERNAL_MODELS, "permission"])
                .select_related("content_type")
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(User)
class StaffUserAdmin(PermissionsAdmin, UserAdmin):
    """Users cannot deactivate or delete their own account."""

    # Django's own begins a transaction around that of `changeform_view`.
    add_view = retry_on_conflict(UserAdmin.add_view)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        locked = ("is_active", "is_staff", "is_superuser") if obj == request.user else ()
        return [*super().get_readonly_fields(request, obj), *locked]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user

    def get_deleted_objects(
        self, objs: Sequence[Model] | QuerySet[Model], request: HttpRequest
    ) -> DeletedObjects:
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        if request.user in objs:
            missing, protected = set(), [_("You cannot delete your own account."), *protected]
        return deleted, counts, missing, protected


admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(PermissionsAdmin, GroupAdmin):  # type: ignore[misc]
    pass
