"""What pages of the newsroom gain from the ratings: switches, and a column of stars."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.formats import number
from news.models import Article, Category
from news.staff_admin.rows import RowFormSet, RowsInline
from portal.admin.comments import extend
from ratings.models import RatingSwitch


class RatingSwitchFormSet(RowFormSet):
    """A form that was sent without this part, by a page opened earlier, leaves it as it is."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
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


class HasRatingSwitch(admin.ModelAdmin):
    """Whoever may change switches turns rating on and off where the article or category is."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [*super().get_inlines(request, obj), RatingSwitchInline]


class ShowsStars(HasRatingSwitch):
    """Articles with their average, read in the statement of the list."""

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        # Whoever may not look at ratings has no use for a link to them.
        may_look = request.user.has_perm("ratings.view_ratingsummary")
        return [*columns, "stars"] if may_look else columns

    def get_list_select_related(self, request: HttpRequest) -> Any:
        return [*super().get_list_select_related(request), "rating_summary"]  # type: ignore[misc]

    @admin.display(
        description=gettext_lazy("stars"),
        # The best first; those without any never before them.
        ordering=F("rating_summary__average").desc(nulls_last=True),
    )
    def stars(self, article: Any) -> str:
        summary = getattr(article, "rating_summary", None)
        shown: Any = "–"
        if summary is not None and summary.count:
            shown = format_html(
                '<a href="{}">{} ({})</a>',
                reverse("admin:ratings_ratingsummary_hours", args=[article.pk]),
                number(summary.shown_average, 1),
                number(summary.count),
            )
        return format_html('<span class="card-label">{} </span>{}', _("Stars:"), shown)


extend(Article, ShowsStars)
extend(Category, HasRatingSwitch)
