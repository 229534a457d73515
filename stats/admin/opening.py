"""Opening balances: what an earlier site had counted, for the site and for each article."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.formats import number
from news.keys import is_primary_key
from news.models import Article
from news.staff_admin.model_admin import StaffAdmin
from stats import figures, services
from stats.admin.figures import is_page_that_deletes_articles
from stats.admin.forms import check_day, day_field
from stats.models import ArticleViews, OpeningBalance

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class FigureField(forms.IntegerField):
    """A number of visits, with or without dots between the thousands."""

    def __init__(self, *, label: _StrOrPromise, **options: Any) -> None:
        super().__init__(
            label=label,
            localize=True,
            widget=AdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": gettext_lazy("Enter a whole number, for example 3.750.188."),
            },
            validators=[
                MinValueValidator(0, gettext_lazy("The figure cannot be less than 0.")),
                MaxValueValidator(
                    services.MAX_FIGURE, gettext_lazy("No site has been read that often.")
                ),
            ],
            **options,
        )


class OpeningBalanceForm(forms.ModelForm):
    figure = FigureField(label=capfirst(gettext_lazy("visits until then")))
    since = day_field(
        capfirst(gettext_lazy("counted here since")),
        help_text=gettext_lazy("The first day that is added to the figure."),
    )

    class Meta:
        model = OpeningBalance
        fields: list[str] = []  # the admin's fields choose

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        check_day(self, "since")
        return data


class ArticleViewsForm(forms.ModelForm):
    opening_balance = FigureField(
        label=capfirst(gettext_lazy("opening balance")),
        help_text=gettext_lazy("Views that an earlier site had counted."),
    )

    class Meta:
        model = ArticleViews
        fields: list[str] = []


class BalanceAdmin(StaffAdmin):
    """Figures of an earlier site can be changed, not added or deleted; 0 stands for none."""

    change_form_template = "admin/stats/balance_form.html"

    class Media:
        css = {"all": ["stats/admin/reports.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_page_that_deletes_articles(request)

    def construct_change_message(  # type: ignore[override]
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: Iterable[forms.BaseFormSet],
        add: bool = False,
    ) -> str:
        """Each changed field with its old and its new value."""
        return "; ".join(
            _("%(field)s: %(old)s → %(new)s")
            % {
                "field": form.fields[name].label,
                "old": _format_value(form.initial.get(name)),
                "new": _format_value(form.cleaned_data[name]),
            }
            for name in form.changed_data
        )


def _format_value(value: int | date | None) -> str:
    if value is None:
        return "–"
    return number(value) if isinstance(value, int) else f"{value:%d/%m/%Y}"


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(BalanceAdmin):
    form = OpeningBalanceForm
    readonly_fields = ["total_now"]
    fieldsets = [
        (
            None,
            {
                "fields": ["figure", "since", "total_now"],
                "description": gettext_lazy(
                    "The total in the footer of every page is this figure and all visits counted "
                    "here from the given day on. Enter what the earlier site showed on the evening "
                    "before that day. Every change is kept in the history with its old value."
                ),
            },
        )
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:stats_openingbalance_change", args=[1]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> OpeningBalance | None:
        if object_id != "1":
            return None
        today = timezone.localdate()
        return OpeningBalance.objects.first() or OpeningBalance(figure=0, since=today)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: object, **kwargs: Any
    ) -> HttpResponse:
        context["subtitle"] = None
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:index"))

    @admin.display(description=gettext_lazy("total shown now"))
    def total_now(self, balance: OpeningBalance) -> str:
        return number(figures.read_figures().total)

    def save_model(
        self, request: HttpRequest, obj: OpeningBalance, form: forms.ModelForm, change: bool
    ) -> None:
        services.set_opening_balance(
            figure=form.cleaned_data["figure"], since=form.cleaned_data["since"]
        )


@admin.register(ArticleViews)
class ArticleViewsAdmin(BalanceAdmin):
    form = ArticleViewsForm
    list_display = ["article", "opening_balance", "views", "in_all"]
    list_select_related = ["article"]
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-opening_balance", "-views", "-pk"]
    search_fields = ["article__title"]
    readonly_fields = ["of_article", "counted", "in_all"]
    fieldsets = [
        (
            None,
            {
                "fields": ["of_article", "opening_balance", "counted", "in_all"],
                "description": gettext_lazy(
                    "The page of an article shows what an earlier site had counted and the views "
                    "counted here together. Every change is kept in the history with its old value."
                ),
            },
        )
    ]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ArticleViews | None:
        if not is_primary_key(object_id):
            return None
        article = Article.objects.defer("body").filter(pk=object_id).first()
        if article is None:
            return None
        # An article that nobody has read yet has no row.
        row = ArticleViews.objects.filter(article=article).first() or ArticleViews(article=article)
        row.article = article
        return row

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if row := self.get_object(request, object_id):
            # The article has the same primary key as the row, and a title to show.
            context |= {"title": _("Change history: %s") % row.article, "object": row.article}
        return super().history_view(request, object_id, context)

    @admin.display(description=gettext_lazy("article"))
    def of_article(self, row: ArticleViews) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:stats_article", args=[row.pk]), row.article.title
        )

    @admin.display(description=gettext_lazy("views counted here"))
    def counted(self, row: ArticleViews) -> str:
        return number(row.views)

    @admin.display(description=gettext_lazy("views in all"))
    def in_all(self, row: ArticleViews) -> str:
        return number(row.total)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: object, **kwargs: Any
    ) -> HttpResponse:
        context["subtitle"] = kwargs["obj"].article.title
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ArticleViews, form: forms.ModelForm, change: bool
    ) -> None:
        services.set_article_opening_balance(
            article=obj.article, figure=form.cleaned_data["opening_balance"]
        )

    def log_change(  # type: ignore[override]
        self, request: HttpRequest, obj: ArticleViews, message: object
    ) -> LogEntry | None:
        """Show the title of the article among the recent actions, where the row has only an id."""
        entry: LogEntry | None = super().log_change(request, obj, message)
        if entry is not None:
            entry.object_repr = obj.article.title[:200]
            entry.save(update_fields=["object_repr"])
        return entry
