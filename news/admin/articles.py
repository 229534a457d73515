"""Articles: the list, the form with the buttons of the workflow, taking back, and the preview."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import services
from news.admin.article_forms import (
    ROW_VERSION,
    ArticleForm,
    AttachmentForm,
    AttachmentFormSet,
    ReasonForm,
)
from news.admin.article_states import (
    STATES,
    TAKING_BACK,
    StateFilter,
    TakingBack,
    state_of,
)
from news.markup import clean_html
from news.models import Article, Attachment
from news.reading import article_context
from news.staff_admin.ask_pages import ask_page
from news.staff_admin.filters import CategoryFilter, ChoicesFilter
from news.staff_admin.model_admin import StaffAdmin
from news.staff_admin.rows import RowsInline
from news.staff_admin.widgets import SearchSelect
from news.text import normalize_line

Status = Article.Status

# The session's memory of which form for a new article made which.
MADE = "news_articles_made"
FORMS_REMEMBERED = 50
SENT_AGAIN_WITHIN = timedelta(hours=1)


def _moment(article: Article) -> str:
    """When an article is published, to the minute."""
    return f"{timezone.localtime(article.published_at):%H:%M %d/%m/%Y}"


class ArticleList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Article]:
        return super().get_queryset(*args, **kwargs).defer("body", "summary", "change_note")


class AttachmentInline(RowsInline):
    model = Attachment
    form = AttachmentForm
    formset = AttachmentFormSet
    fields = ["title", "stored", "upload", "position"]
    readonly_fields = ["stored"]
    extra = 1

    @admin.display(description=gettext_lazy("file"))
    def stored(self, attachment: Attachment) -> str:
        if not attachment.file:
            return "–"
        size = -(-attachment.size // 1024)
        return format_html(
            '<a href="{}">{}</a>', attachment.file.url, f"{attachment.extension}, {size} KB"
        )


@admin.register(Article)
class ArticleAdmin(StaffAdmin):
    form = ArticleForm
    inlines = [AttachmentInline]
    autocomplete_fields = ["tags", "series", "author"]
    readonly_fields = ["last_correction"]
    list_display = ["thumbnail", "title", "state", "category", "published_at", "signed"]
    list_display_links = ["title"]
    list_select_related = ["category", "author", "lead_image"]
    list_filter = [
        StateFilter,
        CategoryFilter,
        ("origin", ChoicesFilter),
        ("author", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 50
    date_hierarchy = "published_at"
    search_fields = ["title", "summary"]
    search_help_text = gettext_lazy(
        "Words of the title or of the summary, or the article's number."
    )
    show_full_result_count = False
    actions = ["publish_selected", "withdraw_selected"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).annotate(version=ROW_VERSION)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if search_term.isascii() and search_term.isdigit() and len(search_term) < 18:
            found |= queryset.filter(pk=int(search_term))
        return found, duplicates

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        correction = (_("Correction"), {"fields": ["correction", "last_correction"]})
        return [
            (None, {"fields": ["token" if obj is None else "version", "title", "summary", "body"]}),
            *([correction] if obj is not None and services.is_out(obj) else []),
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

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, article: Article) -> str:
        image = article.lead_image
        if image is None:
            return ""
        return format_html(
            '<img class="thumbnail" src="{}" alt="" loading="lazy">', image.small_url
        )

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, article: Article) -> str:
        state = state_of(article)
        return format_html('<span class="state state-{}">{}</span>', state, STATES[state])

    @admin.display(description=gettext_lazy("author"))
    def signed(self, article: Article) -> str:
        return article.signed_by or "–"

    def view_on_site(self, obj: Article) -> str | None:
        is_readable = Article.objects.readable().filter(pk=obj.pk).exists()
        return obj.get_absolute_url() if is_readable else None

    # --- Who may do what ----------------------------------------------------------------------

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("news.publish_article")

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Who may not publish works on drafts of his or her own."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or self.has_publish_permission(request):
            return True
        return obj.status == Status.DRAFT and obj.created_by_id == request.user.pk

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or self.has_change_permission(request, obj)

    # --- Writing ------------------------------------------------------------------------------

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        needs_right = {"_publish", "_correct"} & request.POST.keys()
        if needs_right and not self.has_publish_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            if request.method == "POST" and not ((args and args[0]) or kwargs.get("object_id")):
                made = self._made_already(request)
                if made is not None:
                    words = _(
                        "This article was saved already, and no second one was made. If you "
                        "changed the text since then, go back, copy it and paste it here."
                    )
                    messages.warning(request, words)
                    return HttpResponseRedirect(reverse("admin:news_article_change", args=[made]))
            return super().changeform_view(request, *args, **kwargs)

    def _made_already(self, request: HttpRequest) -> int | None:
        """The article that this form has made before: sent twice, or again after going back."""
        with connection.cursor() as cursor:
            # One new article of a person at a time: a double click sends two requests at once.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('news_new_article'), %s)", [request.user.pk]
            )
        mine = Article.objects.filter(created_by_id=request.user.pk)
        token = request.POST.get("token", "")
        made = request.session.get(MADE, {}).get(token)
        same = {
            "title": normalize_line(request.POST.get("title", "")),
            "body": clean_html(request.POST.get("body", "")),
            "created_at__gte": timezone.now() - SENT_AGAIN_WITHIN,
        }
        # A browser may ask for the form anew when it goes back, and then the token is another.
        found = mine.filter(pk=made) if made else mine.filter(**same)
        return found.values_list("pk", flat=True).first()

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        token = form.cleaned_data.get("token")
        if not change and token:
            made = {**request.session.get(MADE, {}), token: obj.pk}
            request.session[MADE] = dict(list(made.items())[-FORMS_REMEMBERED:])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        article = form.instance
        if change and "_correct" not in request.POST:
            # Before the article is published: until then nobody has read what is changed.
            services.record_change(article=article, changed=form.changed_data)
        # The form asked the same services beforehand, so that a refusal stands beside the text.
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
        """Say what the pressed button did and go on; None leaves the answer to Django."""
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
                "at": _moment(article),
            }
            self._log_publishing(request, article)
        else:
            message = _("The article “%(title)s” was published.") % title
            self._log_publishing(request, article)
        messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:news_article_changelist"))

    def _log_publishing(self, request: HttpRequest, article: Article) -> None:
        words = _("Published.")
        if article.is_scheduled:
            words = _("Scheduled for %(at)s.") % {"at": _moment(article)}
        self.log_change(request, article, words)

    def _log_taking_back(self, request: HttpRequest, step: TakingBack, article: Article) -> None:
        words = step.logged % {"reason": article.status_reason}
        if article.redirect_to:
            heir = _("Its address leads to “%(title)s”.") % {"title": article.redirect_to.title}
            words = f"{words} – {heir}"
        self.log_change(request, article, words)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = kwargs.get("obj")
        stored = Article.objects.filter(pk=article.pk).first() if article is not None else None
        context["buttons"] = self._buttons(request, stored)
        context["steps"] = self._steps(request, stored)
        context["state"] = state_of(stored) if stored else ""
        context["state_label"] = STATES[context["state"]] if stored else ""
        context["state_article"] = stored
        context["choose_again"] = bool(request.FILES)
        context["show_delete"] = stored is not None and not services.is_out(stored)
        return super().render_change_form(request, context, *args, **kwargs)

    def _buttons(self, request: HttpRequest, article: Article | None) -> list[tuple[str, Any]]:
        """The submit buttons of the form, by name; the first is the one that Enter presses."""
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

    def _steps(self, request: HttpRequest, article: Article | None) -> list[tuple[str, Any]]:
        """The pages that take this article back, as links."""
        if article is None or not self.has_publish_permission(request):
            return []
        steps = []
        for name, step in TAKING_BACK.items():
            try:
                step.check(article)
            except ValidationError:
                continue
            url = reverse("admin:news_article_take_back", args=[article.pk, name])
            steps.append((url, step.title))
        return steps

    # --- Deleting -----------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        refusals = []
        for article in objs:
            try:
                services.check_delete(article)
            except ValidationError as refusal:
                refusals += [f"{article}: {message}" for message in refusal.messages]
        return deleted, counts, set() if refusals else missing, refusals or protected

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        services.delete_article(article=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        for article in queryset:
            services.delete_article(article=article)

    # --- Preview and taking back --------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview_view), name="news_article_preview"),
            path(
                "<int:pk>/take-back/<slug:name>/",
                view(self.take_back_view),
                name="news_article_take_back",
            ),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The article on the page it will have; seen by staff alone and kept by nobody."""
        article = get_object_or_404(Article.objects.for_page(), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        if article.published_at is None:
            # Its place among the others is where it would stand now.
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

    def take_back_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask for the reason of a step of `TAKING_BACK`, then take it."""
        article = get_object_or_404(Article, pk=pk)
        edit_url = reverse("admin:news_article_change", args=[article.pk])
        step = TAKING_BACK.get(name)
        if step is None:
            raise Http404
        if not self.has_publish_permission(request):
            raise PermissionDenied
        form = self._reason_form(step, article, request.POST or None)
        try:
            step.check(article)
            if request.method == "POST" and form.is_valid():
                step.act(article=article, **form.cleaned_data)
                self._log_taking_back(request, step, article)
                messages.success(request, step.done % {"title": article.title})
                return HttpResponseRedirect(edit_url)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return HttpResponseRedirect(edit_url)
        return self._ask_reason(request, step, form, articles=[article], back=edit_url)

    def _reason_form(self, step: TakingBack, article: Article, data: Any) -> ReasonForm:
        form = step.form(data)
        field = form.fields.get("redirect_to")
        if isinstance(field, forms.ModelChoiceField):
            field.widget = SearchSelect(Article._meta.get_field("redirect_to"), self.admin_site)
            field.queryset = Article.objects.readable().exclude(pk=article.pk)
        return form

    def _ask_reason(
        self,
        request: HttpRequest,
        step: TakingBack,
        form: forms.Form,
        *,
        articles: Any,
        back: str,
        action: str = "",
    ) -> HttpResponse:
        return ask_page(
            self,
            request,
            "admin/news/article/reason.html",
            form,
            title=step.title,
            explanation=step.explanation,
            articles=articles,
            back=back,
            action=action,
            checkbox_name=ACTION_CHECKBOX_NAME,
        )

    # --- Several at once ----------------------------------------------------------------------

    @admin.action(
        description=gettext_lazy("Publish the selected articles"), permissions=["publish"]
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        published = 0
        for article in queryset:
            try:
                services.publish_article(article=article, by=request.user)
            except ValidationError as refusal:
                messages.error(request, f"{article.title}: {' '.join(refusal.messages)}")
            else:
                published += 1
                self._log_publishing(request, article)
        self._count(request, published)

    @admin.action(
        description=gettext_lazy("Withdraw the selected articles"), permissions=["publish"]
    )
    def withdraw_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        step = TAKING_BACK["withdraw"]
        form = step.form(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_reason(
                *(request, step, form),
                articles=list(queryset),
                back=request.get_full_path(),
                action="withdraw_selected",
            )
        withdrawn = 0
        for article in queryset:
            try:
                step.act(article=article, **form.cleaned_data)
            except ValidationError as refusal:
                messages.error(request, f"{article.title}: {' '.join(refusal.messages)}")
            else:
                withdrawn += 1
                self._log_taking_back(request, step, article)
        self._count(request, withdrawn)
        return None

    def _count(self, request: HttpRequest, number: int) -> None:
        if number:
            words = _("Articles changed: %(count)d.") % {"count": number}
            messages.success(request, words)
