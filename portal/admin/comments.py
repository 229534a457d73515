"""What pages of the newsroom gain from the comments: switches, and a column of what waits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Comment, CommentSwitch
from comments.services import tell_change
from news.models import Article, Category
from news.staff_admin.rows import RowFormSet, RowsInline
from portal.admin import merging  # noqa: F401  (registers what is extended here)


class SwitchField(forms.TypedChoiceField):
    """Open, closed, or nothing said here."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return ("" if initial is None else str(initial)) != (data or "")


class SwitchForm(forms.ModelForm):
    is_open = SwitchField(
        label=gettext_lazy("comments"),
        required=False,
        choices=[
            ("", gettext_lazy("By the general rules")),
            ("True", gettext_lazy("Comments are open")),
            ("False", gettext_lazy("Comments are closed")),
        ],
        coerce=lambda value: value == "True",
        empty_value=None,
    )

    class Meta:
        model = CommentSwitch
        fields = ["is_open"]


class SwitchFormSet(RowFormSet):
    @classmethod
    def get_default_prefix(cls) -> str:
        return "comment_switch"

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Where nothing is said any more, the general rules hold again."""
        if form.cleaned_data["is_open"] is None:
            if commit:
                obj.delete()
            return obj
        return super().save_existing(form, obj, commit)


class SwitchInline(RowsInline):
    model = CommentSwitch
    form = SwitchForm
    formset = SwitchFormSet
    extra = max_num = 1
    can_delete = False
    verbose_name = gettext_lazy("comment switch")
    verbose_name_plural = gettext_lazy("Comments")


class HasSwitch(admin.ModelAdmin):
    """Whoever may change switches opens and closes comments where the article or category is."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        inlines = super().get_inlines(request, obj)
        count = f"{SwitchFormSet.get_default_prefix()}-TOTAL_FORMS"
        if request.method == "POST" and count not in request.POST:
            return inlines  # a form that was sent without the switch leaves it as it is
        return [*inlines, SwitchInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is CommentSwitch and formset.has_changed():
            # A category's switch holds for all below it: every page may look different.
            tell_change(*([form.instance.pk] if isinstance(form.instance, Article) else []))


class ShowsPending(HasSwitch):
    """Articles with the number of comments that wait, read in the statement of the list."""

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return [*columns, "pending_comments"] if self._may_moderate(request) else columns

    def _may_moderate(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.moderate_comment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not self._may_moderate(request):
            return rows
        waiting = (
            Comment.objects.filter(article=OuterRef("pk"), status=Comment.Status.PENDING)
            .order_by()
            .values("article")
            .annotate(count=Count("pk"))
        )
        return rows.annotate(pending_count=Coalesce(Subquery(waiting.values("count")), 0))

    @admin.display(description=gettext_lazy("comments waiting"), ordering=F("pending_count").desc())
    def pending_comments(self, article: Any) -> str:
        shown: Any = "–"
        if article.pending_count:
            queue = reverse("admin:comments_comment_changelist")
            query = urlencode({"article__id__exact": article.pk})
            shown = format_html('<a href="{}?{}">{}</a>', queue, query, article.pending_count)
        return format_html('<span class="card-label">{} </span>{}', _("Comments waiting:"), shown)


def extend(model: type[Any], gain: type[admin.ModelAdmin]) -> None:
    """Register the pages of a model again, with what they gain on top of what they have."""
    pages = type(admin.site.get_model_admin(model))
    admin.site.unregister(model)
    admin.site.register(model, type(pages.__name__, (gain, pages), {}))


extend(Article, ShowsPending)
extend(Category, HasSwitch)
