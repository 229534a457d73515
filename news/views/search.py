"""The search page, the titles offered while somebody types, and the count of what is searched."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from news import text
from news.models import Category, Tag
from news.paginator import StrictPaginator
from news.search import suggestions, words_log
from news.search.finding import SearchTooSlowError, find_articles, time_limit
from news.search.forms import PARAMETERS, SearchForm
from news.search.results import results_of

PAGE_SIZE = 10
# With fewer hits than this, what may have been meant is offered.
FEW_HITS = 3


class SearchView(TemplateView):
    """`?q=` with filters, in numbered pages; a page that does not exist is a 404.

    No input is an error: a value that cannot be used stays in its field, with an explanation.
    """

    template_name = "news/search.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        form = SearchForm(self.request.GET, Category.objects.tree())
        if form.is_valid() and not form.query.problem:
            try:
                kwargs |= self._search(form)
            except SearchTooSlowError:
                form.add_error("q", _("The search took too long. Use more or rarer words."))
        return super().get_context_data(form=form, query=form.query, **kwargs)

    def _search(self, form: SearchForm) -> dict[str, object]:
        query = form.query
        suggested: list[str] = []
        with time_limit():
            found = find_articles(query, form.filters)
            if found.total < FEW_HITS:
                suggested = suggestions.similar_words(query)
        try:
            paginator = StrictPaginator(found.articles, PAGE_SIZE)
            page = paginator.page(self.request.GET.get("page", 1))
        except InvalidPage:
            raise Http404 from None
        chosen = list(page.object_list)
        page.object_list = results_of(query, found, chosen, form.categories)
        # A category or tag named like the words; not where words are excluded, which its name has.
        slug = "" if query.unwanted else text.slugify(query.text, fallback="")
        parameters = [(name, self.request.GET.get(name)) for name in PARAMETERS.values()]
        kept = {name: value for name, value in parameters if value}
        kept_filters = {name: value for name, value in kept.items() if name != "q"}
        return {
            "page_obj": page,
            "is_capped": found.is_capped,
            "suggested": suggested,
            "named_categories": [c for c in form.categories if text.slugify(c.name) == slug],
            "named_tags": Tag.objects.filter(slug=slug) if slug else [],
            "kept": urlencode(kept, errors="replace"),
            "kept_filters": urlencode(kept_filters, errors="replace"),
            "note": words_log.signed_note(query, found.total)
            if page.number == 1 and not form.has_filters
            else "",
        }


class TitlesView(View):
    """Titles that begin as typed, as JSON: `{"titles": [{"title": …, "url": …}]}`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            with time_limit():
                articles = suggestions.articles_by_title(request.GET.get("q", ""))
        except SearchTooSlowError:
            articles = []
        offered = [{"title": a.title, "url": a.get_absolute_url()} for a in articles]
        answer = JsonResponse({"titles": offered}, json_dumps_params={"ensure_ascii": False})
        answer["X-Robots-Tag"] = "noindex"
        return answer


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class CountView(View):
    """Counts a search. Nothing but a signed note of the page of results is taken."""

    def post(self, request: HttpRequest) -> HttpResponse:
        note = request.POST.get("note", "")
        if len(note) > 1000 or not words_log.count_search(note):
            return HttpResponse(status=400)
        return HttpResponse(status=204)
