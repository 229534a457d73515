"""Redirects, their import from a table, and the report of missing addresses."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.admin.places import OldAddressAdmin
from news.models import Article, Category, OldAddress
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.model_admin import StaffAdmin
from portal.models import MissingAddress, Redirect
from portal.redirects import missing, services, table
from portal.redirects.guessing import guess
from portal.redirects.services import Wish

# Lines of a table that are shown one by one; the first ones, and those with something amiss.
SHOWN_LINES = 1000


class RedirectForm(forms.ModelForm):
    """The target is an article, a category, or an address that says by itself what it shows."""

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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        article: Article | None = data.get("article")
        category: Category | None = data.get("category")
        wanted = [
            str(article.pk) if article else "",
            category.get_absolute_url() if category else "",
            (data.get("address") or "").strip(),
        ]
        if self.errors:
            return data
        if sum(map(bool, wanted)) != 1:
            raise ValidationError(
                _("Choose exactly one target: an article, a category or an address.")
            )
        ignore = self.instance if self.instance.pk else None
        [step] = services.plan([Wish(1, data["path"], "".join(wanted))], ignore=ignore)
        data["path"] = step.path
        if step.target is None:
            at_fault = ["article", "category", "address"][[*map(bool, wanted)].index(True)]
            self.add_error("path" if step.at_fault == "old" else at_fault, step.note)
            return data
        # What was typed as an address may be an article, a tag, or another redirect's target.
        services.set_target(self.instance, step.target)
        for name in ("article", "category", "address"):
            data[name] = getattr(self.instance, name)
        return data


class TableForm(forms.Form):
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
        # One byte more than is allowed is enough to know.
        return table.decode(upload.read(table.MOST_BYTES + 1))


def as_address(address: str) -> str:
    """An address in a list: set apart, so that letters written from the right stay inside it."""
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
            found = guess(initial["path"])
            if isinstance(found, Article):
                initial["article"] = str(found.pk)
            elif found is not None:
                initial["address"] = found.get_absolute_url()  # type: ignore[attr-defined]
        return initial

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        initial = context["adminform"].form.initial
        if request.method == "GET" and "path" in request.GET:
            if initial.get("article") or initial.get("address"):
                words = _("The target is a guess by the words of the old address. Please check it.")
            else:
                words = _("No page of the site looks like this address. Please choose the target.")
            messages.info(request, words)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        services.save_redirect(redirect=obj)

    # --- A whole table ------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="portal_redirect_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a table in, show line by line what it would do, and write it when asked to."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if "table" in request.POST:
            return self._preview(request, TableForm(), request.POST["table"])
        form = TableForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._preview(request, form, form.cleaned_data["file"])
        return self._show(request, form)

    def _preview(self, request: HttpRequest, form: forms.Form, text: str) -> HttpResponse:
        try:
            wishes = table.read(text)
            if "_write" in request.POST or "_write_rest" in request.POST:
                return self._write(request, wishes)
            steps = services.plan(wishes)
        except ValidationError as refusal:
            for message in refusal.messages[:20]:
                messages.error(request, message)
            return self._show(request, form)
        return self._show(request, form, table=text, **_told(steps))

    def _write(self, request: HttpRequest, wishes: list[Wish]) -> HttpResponse:
        steps = services.save_redirects(
            wishes=wishes, by=request.user, leave_out_refused="_write_rest" in request.POST
        )
        counts = Counter(step.outcome for step in steps)
        words = _("Redirects written: %(new)d new, %(changed)d changed.") % {
            "new": counts[services.NEW],
            "changed": counts[services.CHANGED],
        }
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:portal_redirect_changelist"))

    def _show(self, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
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


def _told(steps: list[services.Step]) -> dict[str, Any]:
    """What the preview says of a table: counts, and the lines, those with something amiss first."""
    counts = Counter(step.outcome for step in steps)
    refused = [step for step in steps if step.outcome == services.REFUSED]
    others = [step for step in steps if step.outcome != services.REFUSED]
    shown = [*refused[:SHOWN_LINES], *others[:SHOWN_LINES]]
    return {
        "counts": [(words, counts[name]) for name, words in services.OUTCOMES.items()],
        "steps": shown,
        "left_out": len(steps) - len(shown),
        "refused": len(refused),
        "to_write": counts[services.NEW] + counts[services.CHANGED],
    }


@admin.register(MissingAddress)
class MissingAddressAdmin(StaffAdmin):
    list_display = ["asked_for", "count", "step", "referrer_host", "first_day", "last_seen_on"]
    list_display_links = None
    search_fields = ["path"]
    list_per_page = 100
    show_full_result_count = False
    change_list_template = "admin/portal/missingaddress/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissingAddress]:
        # Outdated ones are deleted by the next new one, or by the command.
        outdated = MissingAddress.objects.outdated(timezone.localdate())
        return super().get_queryset(request).exclude(pk__in=outdated.values("pk"))

    @admin.display(description=gettext_lazy("address"), ordering="path")
    def asked_for(self, address: MissingAddress) -> str:
        return as_address(str(address))

    @admin.display(description=gettext_lazy("first seen"), ordering="first_seen_at")
    def first_day(self, address: MissingAddress) -> Any:
        return timezone.localdate(address.first_seen_at)

    @admin.display(description=gettext_lazy("redirect"))
    def step(self, address: MissingAddress) -> str:
        if not missing.is_whole(address.path):
            return "–"
        form = f"{reverse('admin:portal_redirect_add')}?{urlencode({'path': address.path})}"
        return format_html('<a href="{}">{}</a>', form, _("Create a redirect"))


class RememberedAddressAdmin(OldAddressAdmin):
    """What articles remember of the sites they come from; a new address is a redirect."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(OldAddress)
admin.site.register(OldAddress, RememberedAddressAdmin)
