"""Changes of an article's status outside its form: with a reason, or of several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import services
from news.admin.article_forms import ReasonForm, UnpublishForm
from news.models import Article
from news.staff_admin.ask_pages import ask_page
from news.staff_admin.model_admin import StaffAdmin
from news.staff_admin.widgets import SearchSelect

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class ReasonedTransition:
    """A change of status that needs a reason: its texts, and the services that check and do it."""

    title: StrPromise
    explanation: StrPromise
    success_message: StrPromise
    log_message: StrPromise
    check: Callable[[Article], None]
    perform: Callable[..., Article]
    form: type[ReasonForm] = ReasonForm


REASONED_TRANSITIONS = {
    "withdraw": ReasonedTransition(
        gettext_lazy("Withdraw the article"),
        gettext_lazy(
            "The article leaves all lists. Its page stays, and tells the readers when and why."
        ),
        gettext_lazy("The article “%(title)s” was withdrawn."),
        gettext_lazy("Withdrawn. Reason: %(reason)s"),
        services.check_withdraw,
        services.withdraw_article,
    ),
    "unpublish": ReasonedTransition(
        gettext_lazy("Unpublish the article"),
        gettext_lazy(
            "The page of the article disappears. Its address says that it is gone, or leads to "
            "the article that replaces it. The reason stays in the newsroom."
        ),
        gettext_lazy("The article “%(title)s” was unpublished."),
        gettext_lazy("Unpublished. Reason: %(reason)s"),
        services.check_unpublish,
        services.unpublish_article,
        UnpublishForm,
    ),
    "return": ReasonedTransition(
        gettext_lazy("Return the article"),
        gettext_lazy("The article becomes a draft again. Its author sees the reason."),
        gettext_lazy("The article “%(title)s” was returned."),
        gettext_lazy("Returned. Reason: %(reason)s"),
        services.check_return,
        services.return_to_draft,
    ),
}


def publication_time(article: Article) -> str:
    """The local publication time, to the minute."""
    return f"{timezone.localtime(article.published_at):%H:%M %d/%m/%Y}"


class ArticleTransitionsAdmin(StaffAdmin):
    """The part of `ArticleAdmin` that changes the status of articles."""

    actions = ["publish_selected", "withdraw_selected"]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("news.publish_article")

    # --- The history --------------------------------------------------------------------------

    def log_publication(self, request: HttpRequest, article: Article) -> None:
        message = _("Published.")
        if article.is_scheduled:
            message = _("Scheduled for %(at)s.") % {"at": publication_time(article)}
        self.log_change(request, article, message)

    def log_transition(
        self, request: HttpRequest, transition: ReasonedTransition, article: Article
    ) -> None:
        message = transition.log_message % {"reason": article.status_reason}
        if article.redirect_to:
            title = {"title": article.redirect_to.title}
            message = f"{message} – {_('Its address leads to “%(title)s”.') % title}"
        self.log_change(request, article, message)

    # --- One article --------------------------------------------------------------------------

    def transition_links(
        self, request: HttpRequest, article: Article | None
    ) -> list[tuple[str, StrPromise]]:
        """The transitions that this article allows now, as address and title."""
        if article is None or not self.has_publish_permission(request):
            return []
        links = []
        for name, transition in REASONED_TRANSITIONS.items():
            try:
                transition.check(article)
            except ValidationError:
                continue
            url = reverse("admin:news_article_take_back", args=[article.pk, name])
            links.append((url, transition.title))
        return links

    def transition_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask for the reason of one of `REASONED_TRANSITIONS`, then perform it."""
        article = get_object_or_404(Article, pk=pk)
        edit_url = reverse("admin:news_article_change", args=[article.pk])
        transition = REASONED_TRANSITIONS.get(name)
        if transition is None:
            raise Http404
        if not self.has_publish_permission(request):
            raise PermissionDenied
        form = self._reason_form(transition, article, request.POST or None)
        try:
            transition.check(article)
            if request.method == "POST" and form.is_valid():
                transition.perform(article=article, **form.cleaned_data)
                self.log_transition(request, transition, article)
                messages.success(request, transition.success_message % {"title": article.title})
                return HttpResponseRedirect(edit_url)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(edit_url)
        return self._ask_reason(request, transition, form, articles=[article], back=edit_url)

    def _reason_form(
        self, transition: ReasonedTransition, article: Article, data: QueryDict | None
    ) -> ReasonForm:
        form = transition.form(data)
        field = form.fields.get("redirect_to")
        if isinstance(field, forms.ModelChoiceField):
            field.widget = SearchSelect(Article._meta.get_field("redirect_to"), self.admin_site)
            field.queryset = Article.objects.readable().exclude(pk=article.pk)
        return form

    def _ask_reason(
        self,
        request: HttpRequest,
        transition: ReasonedTransition,
        form: forms.Form,
        *,
        articles: Sequence[Article],
        back: str,
        action: str = "",
    ) -> HttpResponse:
        return ask_page(
            self,
            request,
            "admin/news/article/reason.html",
            form,
            title=transition.title,
            explanation=transition.explanation,
            articles=articles,
            back=back,
            action=action,
            checkbox_name=ACTION_CHECKBOX_NAME,
        )

    # --- Several articles ---------------------------------------------------------------------

    @admin.action(
        description=gettext_lazy("Publish the selected articles"), permissions=["publish"]
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        published = 0
        for article in queryset:
            try:
                services.publish_article(article=article, by=request.user)
            except ValidationError as error:
                messages.error(request, f"{article.title}: {' '.join(error.messages)}")
            else:
                published += 1
                self.log_publication(request, article)
        self._report_count(request, published)

    @admin.action(
        description=gettext_lazy("Withdraw the selected articles"), permissions=["publish"]
    )
    def withdraw_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        transition = REASONED_TRANSITIONS["withdraw"]
        form = transition.form(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_reason(
                request,
                transition,
                form,
                articles=list(queryset),
                back=request.get_full_path(),
                action="withdraw_selected",
            )
        withdrawn = 0
        for article in queryset:
            try:
                transition.perform(article=article, **form.cleaned_data)
            except ValidationError as error:
                messages.error(request, f"{article.title}: {' '.join(error.messages)}")
            else:
                withdrawn += 1
                self.log_transition(request, transition, article)
        self._report_count(request, withdrawn)
        return None

    def _report_count(self, request: HttpRequest, number: int) -> None:
        if number:
            message = _("Articles changed: %(count)d.") % {"count": number}
            messages.success(request, message)
