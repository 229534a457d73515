"""What the ratings add to the admin of articles and categories: a switch and a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import F, Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.formats import number
from news.models import Article
from news.staff_admin.rows import RowFormSet, RowsInline
from ratings.models import RatingSwitch

Columns: TypeAlias = list[str | Callable[[Article], str | bool]]


class RatingSwitchFormSet(RowFormSet):
    """A form that was sent without this part, by a page opened earlier, does not change it."""

    def __init__(self, data: Mapping[str, object] | None = None, *args: Any, **kwargs: Any) -> None:
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        if data is not None and f"{prefix}-TOTAL_FORMS" not in data:
            data = {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
        super().__init__(data, *args, **kwargs)


class RatingSwitchInline(RowsInline):
    model = RatingSwitch
    fields = ["is_on"]
    formset = RatingSwitchFormSet
    extra = max_num = 1
    can_delete = False
    verbose_name_plural = gettext_lazy("Ratings")


class RatingSwitchMixin(admin.ModelAdmin):
    """Adds the rating switch to the form of an article or category."""

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[type[InlineModelAdmin]]:
        return [*super().get_inlines(request, obj), RatingSwitchInline]


class StarsMixin(RatingSwitchMixin):
    """Adds a column with the average rating, read in the statement of the list."""

    def get_list_display(self, request: HttpRequest) -> Columns:
        columns: Columns = [*super().get_list_display(request)]
        # The column links to a page that needs this permission.
        may_look = request.user.has_perm("ratings.view_ratingsummary")
        return [*columns, "stars"] if may_look else columns

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return [*super().get_list_select_related(request), "rating_summary"]  # type: ignore[misc]

    @admin.display(
        description=gettext_lazy("stars"),
        # The best first, articles without ratings last.
        ordering=F("rating_summary__average").desc(nulls_last=True),
    )
    def stars(self, article: Article) -> str:
        summary = getattr(article, "rating_summary", None)
        shown = "–"
        if summary is not None and summary.count:
            shown = format_html(
                '<a href="{}">{} ({})</a>',
                reverse("admin:ratings_ratingsummary_hours", args=[article.pk]),
                number(summary.shown_average, 1),
                number(summary.count),
            )
        return format_html('<span class="card-label">{} </span>{}', _("Stars:"), shown)
