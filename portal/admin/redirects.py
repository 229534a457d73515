"""Redirects, their import from a CSV file, and the list of missing addresses."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Article, Category
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.model_admin import StaffAdmin
from portal.models import MissingAddress, Redirect, User
from portal.redirects import csv_table
from portal.redirects.guessing import guess_target
from portal.redirects.missing_addresses import is_complete
from portal.redirects.planning import (
    CHANGED,
    NEW,
    OUTCOMES,
    REFUSED,
    PlannedRedirect,
    RequestedRedirect,
    plan_redirects,
)
from portal.redirects.services import save_redirect, save_redirects, set_target

# Lines of a file that the preview shows at most: of those refused, and of the others.
PREVIEWED_LINES = 1000


class RedirectForm(forms.ModelForm):
    """The target is an article, a category, or the address of anything else."""

    class Meta:
        model = Redirect
        fields = ["path", "article", "category", "address"]
        help_texts = {
            "path": gettext_lazy("For example /tin-tuc/bai-cu.html; with or without the host."),
            "address": gettext_lazy(
                "The address of any other page of the site, or of another site with https://."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "category", [("", "—"), *category_choices()])
        target = self.instance.target if self.instance.pk else None
        if target is not None and not (self.instance.article_id or self.instance.category_id):
            self.initial["address"] = target.get_absolute_url()

    def clean(self) -> dict[str, object]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        article: Article | None = data.get("article")
        category: Category | None = data.get("category")
        given = [
            str(article.pk) if article else "",
            category.get_absolute_url() if category else "",
            (data.get("address") or "").strip(),
        ]
        if self.errors:
            return data
        if sum(map(bool, given)) != 1:
            raise ValidationError(
                _("Choose exactly one target: an article, a category or an address.")
            )
        ignore = self.instance if self.instance.pk else None
        requested = RequestedRedirect(1, data["path"], "".join(given))
        [plan] = plan_redirects([requested], ignore=ignore)
        data["path"] = plan.path
        if plan.target is None:
            target_field = ["article", "category", "address"][[*map(bool, given)].index(True)]
            self.add_error("path" if plan.faulty_field == "old" else target_field, plan.reason)
            return data
        # The address may be that of an article or a tag, or the old path of another redirect.
        set_target(self.instance, plan.target)
        for name in ("article", "category", "address"):
            data[name] = getattr(self.instance, name)
        return data


class CsvFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "Two columns: the old address; the new address or the number of an article. "
            "In UTF-8, with commas or semicolons, at most 10,000 lines."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        # One byte more than the limit shows that the file is too large.
        return csv_table.decode_csv(upload.read(csv_table.MAX_BYTES + 1))


def as_address(address: str) -> str:
    """An address in a list, isolated so that right-to-left letters in it change no other text."""
    return format_html('<bdi dir="ltr" class="address">{}</bdi>', address)


@admin.register(Redirect)
class RedirectAdmin(StaffAdmin):
    form = RedirectForm
    change_form_template = "admin/portal/redirect/change_form.html"
    autocomplete_fields = ["article"]
    list_display = ["old_address", "leads_to", "created_by", "created_at"]
    search_fields = ["path", "address", "article__title", "category__name"]
    search_help_text = gettext_lazy("Part of the old address, or words of the target's title.")
    list_per_page = 100
    show_full_result_count = False
    change_list_template = "admin/portal/redirect/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Redirect]:
        return Redirect.objects.with_targets().select_related("created_by").order_by("-pk")

    @admin.display(description=gettext_lazy("old address"), ordering="path")
    def old_address(self, redirect: Redirect) -> str:
        return as_address(redirect.path)

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, redirect: Redirect) -> str:
        url = redirect.get_target_url()
        label = redirect.target or url
        return format_html('<a href="{}">{}</a>', url, label)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if "path" in initial and not {"article", "category", "address"} & set(initial):
            target = guess_target(initial["path"])
            if isinstance(target, Article):
                initial["article"] = str(target.pk)
            elif target is not None:
                initial["address"] = target.get_absolute_url()
        return initial

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        initial = context["adminform"].form.initial
        if request.method == "GET" and "path" in request.GET:
            if initial.get("article") or initial.get("address"):
                hint = _("The target is a guess by the words of the old address. Please check it.")
            else:
                hint = _("No page of the site looks like this address. Please choose the target.")
            messages.info(request, hint)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Redirect, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        save_redirect(redirect=obj)

    # --- Import from a file -------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="portal_redirect_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file, show line by line what it would do, and write it on a second request."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if "table" in request.POST:
            return self._preview(request, CsvFileForm(), request.POST["table"])
        form = CsvFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._preview(request, form, form.cleaned_data["file"])
        return self._show(request, form)

    def _preview(self, request: HttpRequest, form: forms.Form, text: str) -> HttpResponse:
        try:
            requests = csv_table.parse_csv(text)
            if "_write" in request.POST or "_write_rest" in request.POST:
                return self._write(request, requests)
            plans = plan_redirects(requests)
        except ValidationError as refusal:
            for message in refusal.messages[:20]:
                messages.error(request, message)
            return self._show(request, form)
        return self._show(request, form, table=text, **_preview_context(plans))

    def _write(self, request: HttpRequest, requests: list[RequestedRedirect]) -> HttpResponse:
        by = request.user if isinstance(request.user, User) else None
        plans = save_redirects(requests=requests, by=by, skip_refused="_write_rest" in request.POST)
        counts = Counter(plan.outcome for plan in plans)
        message = _("Redirects written: %(new)d new, %(changed)d changed.") % {
            "new": counts[NEW],
            "changed": counts[CHANGED],
        }
        messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:portal_redirect_changelist"))

    def _show(self, request: HttpRequest, form: forms.Form, **context: object) -> HttpResponse:
        return TemplateResponse(
            request,
            "admin/portal/redirect/import.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Import redirects"),
                "opts": self.opts,
                "form": form,
                **context,
            },
        )


def _preview_context(plans: list[PlannedRedirect]) -> dict[str, object]:
    """The preview of a file for the template: counts, and the lines, the refused ones first."""
    counts = Counter(plan.outcome for plan in plans)
    refused = [plan for plan in plans if plan.outcome == REFUSED]
    others = [plan for plan in plans if plan.outcome != REFUSED]
    shown = [*refused[:PREVIEWED_LINES], *others[:PREVIEWED_LINES]]
    return {
        "counts": [(label, counts[outcome]) for outcome, label in OUTCOMES.items()],
        "plans": shown,
        "left_out": len(plans) - len(shown),
        "refused": len(refused),
        "to_write": counts[NEW] + counts[CHANGED],
    }


@admin.register(MissingAddress)
class MissingAddressAdmin(StaffAdmin):
    """Staff see and delete the addresses that were counted."""

    list_display = [
        "requested_path",
        "count",
        "redirect",
        "referrer_host",
        "first_day",
        "last_seen_on",
    ]
    list_display_links = None
    search_fields = ["path"]
    list_per_page = 100
    show_full_result_count = False
    change_list_template = "admin/portal/missingaddress/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissingAddress]:
        # Outdated rows are deleted with the next new one, or by purge_missing_addresses.
        outdated = MissingAddress.objects.outdated(timezone.localdate())
        return super().get_queryset(request).exclude(pk__in=outdated.values("pk"))

    @admin.display(description=gettext_lazy("address"), ordering="path")
    def requested_path(self, address: MissingAddress) -> str:
        return as_address(str(address))

    @admin.display(description=gettext_lazy("first seen"), ordering="first_seen_at")
    def first_day(self, address: MissingAddress) -> date:
        return timezone.localdate(address.first_seen_at)

    @admin.display(description=gettext_lazy("redirect"))
    def redirect(self, address: MissingAddress) -> str:
        if not is_complete(address.path):
            return "–"
        form = f"{reverse('admin:portal_redirect_add')}?{urlencode({'path': address.path})}"
        return format_html('<a href="{}">{}</a>', form, _("Create a redirect"))
