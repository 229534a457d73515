"""What the comments add to the admin of articles and categories: a switch and a column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Count, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Comment, CommentSwitch
from news.models import Article
from news.staff_admin.rows import RowFormSet, RowsInline

Columns: TypeAlias = list[str | Callable[[Article], str | bool]]


class SwitchField(forms.TypedChoiceField):
    """Open, closed, or by the general rules."""

    def has_changed(self, initial: bool | None, data: str | None) -> bool:
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

    def save_existing(self, form: forms.ModelForm, obj: Model, commit: bool = True) -> Model:
        """Delete the switch if it is set back to the general rules."""
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


class CommentSwitchMixin(admin.ModelAdmin):
    """Adds the comment switch to the form of an article or category."""

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[type[InlineModelAdmin]]:
        inlines = super().get_inlines(request, obj)
        count = f"{SwitchFormSet.get_default_prefix()}-TOTAL_FORMS"
        if request.method == "POST" and count not in request.POST:
            return [*inlines]  # a form that was sent without the switch does not change it
        return [*inlines, SwitchInline]


class PendingCommentsMixin(CommentSwitchMixin):
    """Adds a column with the number of pending comments, read in the statement of the list."""

    def get_list_display(self, request: HttpRequest) -> Columns:
        columns: Columns = [*super().get_list_display(request)]
        return [*columns, "pending_comments"] if self._may_moderate(request) else columns

    def _may_moderate(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.moderate_comment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        articles = super().get_queryset(request)
        if not self._may_moderate(request):
            return articles
        pending = (
            Comment.objects.filter(article=OuterRef("pk"), status=Comment.Status.PENDING)
            .order_by()
            .values("article")
            .annotate(count=Count("pk"))
        )
        return articles.annotate(pending_count=Coalesce(Subquery(pending.values("count")), 0))

    @admin.display(description=gettext_lazy("comments waiting"), ordering=F("pending_count").desc())
    def pending_comments(self, article: Article) -> str:
        count = getattr(article, "pending_count", 0)
        shown = "–"
        if count:
            queue = reverse("admin:comments_comment_changelist")
            query = urlencode({"article__id__exact": article.pk})
            shown = format_html('<a href="{}?{}">{}</a>', queue, query, count)
        return format_html('<span class="card-label">{} </span>{}', _("Comments waiting:"), shown)
