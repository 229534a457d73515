"""Members of staff and their groups, with permissions in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.staff_admin.model_admin import StaffAdmin
from portal.groups import EDITED, KEPT_BY_ITSELF
from portal.models import User

VERBS = {
    "add": gettext_lazy("may add: %(name)s"),
    "change": gettext_lazy("may change: %(name)s"),
    "delete": gettext_lazy("may delete: %(name)s"),
    "view": gettext_lazy("may view: %(name)s"),
}


def permission_words(permission: Permission) -> str:
    """What a permission allows, in the language in use; Django keeps its name in English."""
    content_type = permission.content_type
    verb = VERBS.get(permission.codename.removesuffix(f"_{content_type.model}"))
    words = verb % {"name": content_type.name} if verb else _(permission.name)
    model = content_type.model_class()
    area = model._meta.app_config.verbose_name if model else content_type.app_label
    return f"{area} | {capfirst(words)}"


class PermissionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return permission_words(obj)


class WithPermissions(StaffAdmin):
    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Permission:
            kwargs["form_class"] = PermissionsField
            # What Django and the packages keep for themselves has no page here either.
            kwargs["queryset"] = (
                Permission.objects.filter(content_type__app_label__in=[*EDITED, "auth"])
                .exclude(content_type__model__in=[*KEPT_BY_ITSELF, "permission"])
                .select_related("content_type")
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(User)
class StaffUserAdmin(WithPermissions, UserAdmin):
    """Nobody shuts himself or herself out: one's own account is another's to close."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("is_active", "is_staff", "is_superuser") if obj == request.user else ()
        return [*super().get_readonly_fields(request, obj), *own]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        if request.user in objs:
            missing, protected = set(), [_("You cannot delete your own account."), *protected]
        return deleted, counts, missing, protected


admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(WithPermissions, GroupAdmin):  # type: ignore[misc]
    pass
