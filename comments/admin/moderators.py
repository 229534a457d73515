"""Who may decide about comments."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

MODERATE = "comments.moderate_comment"


class ForModerators(admin.ModelAdmin):
    """For an admin with pages that only a moderator may open."""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MODERATE)

    def require_moderator(self, request: HttpRequest) -> None:
        """Raises PermissionDenied if nobody may decide here who asks."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
