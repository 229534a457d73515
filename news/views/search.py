"""The search page, the titles offered while somebody types, and the count of what is searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from news import text
from news.models import Category, Tag
from news.models.listings import page_number
from news.search import suggestions, words_log
from news.search.finding import Filters, Found, SearchTooSlowError, bounded, find
from news.search.query import Problem, Query, parse
from news.search.results import ResultPage, result_page
from news.statements import fetch_all

NEWEST_FIRST = "moi-nhat"
# With fewer hits than this, what may have been meant is offered.
LITTLE = 3

_FIELDS = ("q", "chuyen-muc", "tu-ngay", "den-ngay", "sap-xep")
_PROBLEMS = {
    Problem.EMPTY: gettext_lazy("Enter at least 2 characters."),
    Problem.TOO_SHORT: gettext_lazy("Enter at least 2 characters."),
    Problem.NO_WORDS: gettext_lazy("Enter words or numbers to search for."),
    Problem.ONLY_EXCLUDED: gettext_lazy(
        "Enter at least one word to search for besides those left out."
    ),
}
_DAY = forms.DateField(
    required=False,
    input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"],
    error_messages={
        "invalid": gettext_lazy("Enter the day as dd/mm/yyyy, for example 14/03/2023.")
    },
)


def _day(typed: str, errors: dict[str, str], name: str) -> date | None:
    """The day that was typed; a sentence in `errors` if it is none."""
    try:
        day = _DAY.clean(typed)
        if day and not 1900 <= day.year <= 2200:
            raise ValidationError(_DAY.error_messages["invalid"])
    except ValidationError as error:
        errors[name] = error.messages[0]
        return None
    return day


class SearchView(TemplateView):
    """`?q=` with filters, in numbered pages; a page that does not exist is a 404.

    Whatever is typed gives a page; what cannot be understood is kept in its field and explained.
    """

    template_name = "news/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = {name: self.request.GET.get(name, "").replace("\0", "")[:400] for name in _FIELDS}
        categories = Category.objects.tree()
        errors: dict[str, str] = {}
        filters = _filters(typed, categories, errors)
        query = parse(self.request.GET.get("q", ""))
        # A filter that cannot be understood is said alone: the words may still be to come.
        if query.problem and (typed["q"] or (any(typed.values()) and not errors)):
            errors["q"] = str(_PROBLEMS[query.problem])
        context: dict[str, Any] = {}
        if not errors and not query.problem:
            try:
                context = self._search(query, filters, categories)
            except SearchTooSlowError:
                errors["q"] = _("The search took too long. Use more or rarer words.")
        return super().get_context_data(**kwargs) | {
            "typed": {name.replace("-", "_"): value for name, value in typed.items()}
            | {"q": query.text},
            "errors": errors,
            "query": query,
            "categories": categories,
            "newest_first": filters.newest_first,
            "has_filters": bool(typed["chuyen-muc"] or typed["tu-ngay"] or typed["den-ngay"]),
            **context,
        }

    def _search(self, query: Query, filters: Filters, categories: list[Category]) -> dict[str, Any]:
        meant: list[str] = []
        with bounded():
            found = find(query, filters)
            if found.total < LITTLE:
                meant = suggestions.meant(query)
        page = self._page(query, found, categories)
        # With words left out, what has the same name as the whole has those words too.
        slug = "" if query.unwanted else text.slugify(query.text, fallback="")
        kept = {name: self.request.GET[name] for name in _FIELDS if self.request.GET.get(name)}
        is_plain = not (filters.category or filters.since or filters.until)
        return {
            "page": page,
            "meant": meant,
            "shelves": [c for c in categories if text.slugify(c.name) == slug],
            "tags": _tags(slug) if slug else [],
            "kept": urlencode(kept, errors="replace"),
            "kept_filters": urlencode(
                {name: value for name, value in kept.items() if name != "q"}, errors="replace"
            ),
            "note": words_log.note(query, found.total) if page.number == 1 and is_plain else "",
        }

    def _page(self, query: Query, found: Found, categories: list[Category]) -> ResultPage:
        try:
            number = page_number(self.request.GET.get("page"))
            return result_page(query, found, number, categories)
        except InvalidPage:
            raise Http404 from None


def _tags(slug: str) -> list[Tag]:
    """The keyword that is called so, if there is one: asked for by every search."""
    rows = fetch_all("SELECT name FROM news_tag WHERE slug = %s", [slug])
    return [Tag(name=name, slug=slug) for (name,) in rows]


def _filters(typed: dict[str, str], categories: list[Category], errors: dict[str, str]) -> Filters:
    filters = Filters(
        since=_day(typed["tu-ngay"], errors, "since"),
        until=_day(typed["den-ngay"], errors, "until"),
        newest_first=typed["sap-xep"] == NEWEST_FIRST,
    )
    if filters.since and filters.until and filters.since > filters.until:
        errors["until"] = _("The last day lies before the first one.")
    if slug := typed["chuyen-muc"]:
        category = next((c for c in categories if c.slug == slug), None)
        if category is None:
            errors["category"] = _("There is no such category.")
        filters = replace(filters, category=category)
    return filters


class TitlesView(View):
    """Titles that begin as typed, as JSON: `{"titles": [{"title": …, "url": …}]}`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            with bounded():
                found = suggestions.titles(request.GET.get("q", ""))
        except SearchTooSlowError:
            found = []
        offered = [{"title": a.title, "url": a.get_absolute_url()} for a in found]
        answer = JsonResponse({"titles": offered}, json_dumps_params={"ensure_ascii": False})
        answer["X-Robots-Tag"] = "noindex"
        return answer


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class CountView(View):
    """Counts a search. Nothing but a signed note of the page of results is taken."""

    def post(self, request: HttpRequest) -> HttpResponse:
        noted = request.POST.get("note", "")
        if len(noted) > 1000 or not words_log.record(noted):
            return HttpResponse(status=400)
        return HttpResponse(status=204)
