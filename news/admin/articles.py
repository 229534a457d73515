"""Articles: their form with the buttons of the workflow, who may use it, and the preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import services
from news.admin.article_forms import ROW_VERSION, ArticleForm
from news.admin.article_list import ArticleListAdmin
from news.admin.article_resubmission import article_made_before, remember_form
from news.admin.article_states import STATES, state_of
from news.admin.article_transitions import ArticleTransitionsAdmin, publication_time
from news.admin.attachments import AttachmentInline
from news.models import Article
from news.reading import article_context
from news.transactions import retry_on_conflict

if TYPE_CHECKING:
    from news.staff_admin.model_admin import DeletedObjects, Objects

Status = Article.Status


@admin.register(Article)
class ArticleAdmin(ArticleListAdmin, ArticleTransitionsAdmin):
    form = ArticleForm
    inlines = [AttachmentInline]
    autocomplete_fields = ["tags", "series", "author"]
    readonly_fields = ["last_correction"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).annotate(version=ROW_VERSION)

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        correction = (_("Correction"), {"fields": ["correction", "last_correction"]})
        return [
            (None, {"fields": ["token" if obj is None else "version", "title", "summary", "body"]}),
            *([correction] if obj is not None and obj.has_been_public else []),
            (_("Picture"), {"fields": ["lead_image", "lead_caption"]}),
            (_("Filing"), {"fields": ["category", "more_categories", "tags", "series"]}),
            (
                _("Author and source"),
                {
                    "fields": [
                        ("author", "byline"),
                        "origin",
                        ("source_name", "source_author"),
                        "source_url",
                        "source_published_at",
                    ],
                },
            ),
            (_("Publication"), {"fields": ["published_at", "expires_at", "slug"]}),
        ]

    @admin.display(description=gettext_lazy("last correction"))
    def last_correction(self, article: Article) -> str:
        if article.updated_at is None:
            return "–"
        at = timezone.localtime(article.updated_at)
        return f"{at:%d/%m/%Y %H:%M}: {article.change_note}"

    def view_on_site(self, obj: Article) -> str | None:
        is_readable = Article.objects.readable().filter(pk=obj.pk).exists()
        return obj.get_absolute_url() if is_readable else None

    # --- Permissions --------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Who may not publish may change drafts of his or her own."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or self.has_publish_permission(request):
            return True
        return obj.status == Status.DRAFT and obj.created_by_id == request.user.pk

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or self.has_change_permission(request, obj)

    # --- Saving -------------------------------------------------------------------------------

    @retry_on_conflict
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        needs_permission = {"_publish", "_correct"} & request.POST.keys()
        if needs_permission and not self.has_publish_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            if request.method == "POST" and object_id is None:
                made_before = article_made_before(request)
                if made_before is not None:
                    message = _(
                        "This article was saved already, and no second one was made. If you "
                        "changed the text since then, go back, copy it and paste it here."
                    )
                    messages.warning(request, message)
                    url = reverse("admin:news_article_change", args=[made_before])
                    return HttpResponseRedirect(url)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(
        self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool
    ) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        token = form.cleaned_data.get("token")
        if not change and token:
            remember_form(request, token, obj)

    def save_related(
        self,
        request: HttpRequest,
        form: ArticleForm,
        formsets: Sequence[BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        article = form.instance
        if change and "_correct" not in request.POST:
            # Before it is published: only changes of what readers have seen are recorded.
            services.record_change(article=article, changed=form.changed_data)
        # The form has called the `check_…` of these services, to show a refusal beside the text.
        if "_publish" in request.POST:
            services.publish_article(article=article, by=request.user)
        elif "_submit" in request.POST:
            services.submit_article(article=article)
        elif "_correct" in request.POST:
            services.correct_article(article=article, note=form.cleaned_data["correction"])

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._response(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        """Report what the pressed button did and redirect; None leaves the response to Django."""
        title = {"title": article.title}
        if "_preview" in request.POST:
            return HttpResponseRedirect(reverse("admin:news_article_preview", args=[article.pk]))
        if "_submit" in request.POST:
            message = _("The article “%(title)s” was submitted for review.") % title
            self.log_change(request, article, _("Submitted for review."))
        elif "_correct" in request.POST:
            message = _("The correction of “%(title)s” was saved.") % title
            note = {"note": article.change_note}
            self.log_change(request, article, _("Corrected: %(note)s") % note)
        elif "_publish" not in request.POST:
            return None
        elif article.is_scheduled:
            message = _("The article “%(title)s” will be published at %(at)s.") % {
                **title,
                "at": publication_time(article),
            }
            self.log_publication(request, article)
        else:
            message = _("The article “%(title)s” was published.") % title
            self.log_publication(request, article)
        messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:news_article_changelist"))

    # --- The form -----------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = kwargs.get("obj")
        stored = Article.objects.filter(pk=article.pk).first() if article is not None else None
        context["buttons"] = self._buttons(request, stored)
        context["steps"] = self.transition_links(request, stored)
        context["state"] = state_of(stored) if stored else ""
        context["state_label"] = STATES[context["state"]] if stored else ""
        context["state_article"] = stored
        context["choose_again"] = bool(request.FILES)
        context["show_delete"] = stored is not None and not stored.has_been_public
        return super().render_change_form(request, context, *args, **kwargs)

    def _buttons(self, request: HttpRequest, article: Article | None) -> list[tuple[str, str]]:
        """The submit buttons of the form, name and label; Enter presses the first one."""
        may_publish = self.has_publish_permission(request)
        preview = ("_preview", _("Save and preview"))
        if article is None or article.status == Status.DRAFT:
            buttons = [("_continue", _("Save draft")), preview, ("_submit", _("Submit for review"))]
            return [*buttons, ("_publish", _("Publish"))] if may_publish else buttons
        if not may_publish:
            return []
        if article.status == Status.IN_REVIEW:
            return [("_continue", _("Save")), preview, ("_publish", _("Publish"))]
        if article.is_scheduled:
            return [("_publish", _("Save the schedule"))]
        if article.status == Status.PUBLISHED:
            return [("_correct", _("Save correction")), ("_save", _("Save without a note"))]
        save = _("Save") if article.status == Status.UNPUBLISHED else _("Save without a note")
        return [("_save", save), ("_publish", _("Publish again"))]

    # --- Deleting -----------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Objects, request: HttpRequest) -> DeletedObjects:
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        refusals = []
        for article in objs:
            try:
                services.check_delete(article)
            except ValidationError as error:
                refusals += [f"{article}: {message}" for message in error.messages]
        return deleted, counts, set() if refusals else missing, refusals or protected

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        services.delete_article(article=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        for article in queryset:
            services.delete_article(article=article)

    # --- Preview ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview_view), name="news_article_preview"),
            path(
                "<int:pk>/take-back/<slug:name>/",
                view(self.transition_view),
                name="news_article_take_back",
            ),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The article as its public page will show it, for staff; no cache may store it."""
        article = get_object_or_404(Article.objects.for_page(), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        if article.published_at is None:
            # The previous and next articles are those of the present moment.
            article.published_at = timezone.now()
        response = TemplateResponse(
            request,
            "news/article_detail.html",
            article_context(article)
            | {
                "is_preview": True,
                "edit_url": reverse("admin:news_article_change", args=[article.pk]),
            },
        )
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response
