"""Rate an article: a page that works without a script, and JSON for the script of an article.

Public pages carry no CSRF token. `portal.middleware.SameOrigin` has checked before these views
that a form was sent from our own pages.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from news.models import Article
from ratings import raters, services
from ratings.models import SCORES, Rating, RatingSummary
from ratings.reading import can_be_rated, rating_summary, with_rating_state

# Larger bodies are refused: the form sends a score and a word.
MAX_BODY_BYTES = 4096

_SCORE = re.compile(r"[1-5]")


@method_decorator(csrf_exempt, name="dispatch")
class VisitorRatingView(View):
    """Base of the views about the visitor's own rating of one article; never cached.

    404 if the article is not readable.
    """

    article: Article

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: int) -> HttpResponseBase:
        response: HttpResponseBase
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > MAX_BODY_BYTES:
            response = HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self.article = self._get_article(kwargs["article_id"])
            response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _get_article(self, article_id: int) -> Article:
        readable = Article.objects.readable().select_related("category__parent__parent")
        light = readable.defer("body", "summary", "change_note")
        article = with_rating_state(light).filter(pk=article_id).first()
        if article is None:
            raise Http404
        return article

    def get_own_rating(self, rater: UUID | None) -> Rating | None:
        if rater is None:
            return None
        return Rating.objects.filter(article=self.article.pk, rater=rater).first()

    def wants_json(self) -> bool:
        kinds = ["text/html", "application/json"]
        return self.request.get_preferred_type(kinds) == "application/json"

    def respond(
        self,
        state: str,
        message: str,
        *,
        score: int | None,
        status: int = 200,
        mine: Rating | None = None,
        summary: RatingSummary | None = None,
    ) -> HttpResponse:
        """Answer as JSON or as the page of the form.

        Args:
            state: one word for the script and the template.
            score: the star that is chosen in the form; None for no star.
            mine: the visitor's own rating, which may be withdrawn.
            summary: the figures, if they have just changed.
        """
        summary = summary or rating_summary(self.article)
        if self.wants_json():
            data = {"state": state, "message": message, "score": score, "rating": summary.as_json}
            return JsonResponse(data, status=status)
        context = {
            "article": self.article,
            "breadcrumb": [*self.article.category.ancestors, self.article.category],
            "summary": summary,
            "scores": SCORES,
            "is_open": can_be_rated(self.article),
            "state": state,
            "message": message,
            "chosen": score,
            "mine": mine,
        }
        return TemplateResponse(self.request, "ratings/rating_page.html", context, status=status)

    def respond_after_change(
        self, state: str, message: str, *, score: int | None, done: str
    ) -> HttpResponse:
        """The new figures as JSON; without a script, a redirect to the page with `?<done>`."""
        if not self.wants_json():
            url = reverse("ratings:rating", args=[self.article.pk])
            return HttpResponseRedirect(f"{url}?{done}", status=HTTPStatus.SEE_OTHER)
        summary = RatingSummary.objects.filter(pk=self.article.pk).first()
        return self.respond(state, message, score=score, summary=summary)


class RatingView(VisitorRatingView):
    """Show, give and change the visitor's own rating."""

    def get(self, request: HttpRequest, article_id: int) -> HttpResponse:
        mine = self.get_own_rating(raters.rater_of_request(request))
        message = _("You have rated this article already.") if mine else ""
        if mine and "cam-on" in request.GET:
            message = _("Thank you for rating the article.")
        elif not mine and "da-rut" in request.GET:
            message = _("Your rating has been withdrawn.")
        elif not can_be_rated(self.article):
            message = _("This article cannot be rated.")
        state = "rated" if mine else "none"
        return self.respond(state, message, score=mine.score if mine else None, mine=mine)

    def post(self, request: HttpRequest, article_id: int) -> HttpResponse:
        if not can_be_rated(self.article):
            message = _("This article cannot be rated.")
            return self.respond("closed", message, score=None, status=HTTPStatus.FORBIDDEN)
        given = request.POST.getlist("score")
        if len(given) != 1 or not _SCORE.fullmatch(given[0]):
            message = _("Please choose one to five stars.") if not given else _("Invalid rating.")
            return self.respond("invalid", message, score=None, status=HTTPStatus.BAD_REQUEST)
        score = int(given[0])
        rater = raters.rater_of_request(request)
        if rater is None:
            return self._ask_to_confirm(score, is_second="confirm" in request.POST)
        try:
            services.rate_article(
                article=self.article,
                rater=rater,
                score=score,
                networks=raters.hash_networks(request.META["REMOTE_ADDR"]),
            )
        except services.TooManyRatingsError as refusal:
            message = _("Many ratings have come from your network. Please try again in an hour.")
            if refusal.is_of_article:
                message = _(
                    "Many ratings of this article have come from your network. Please try again in "
                    "an hour."
                )
            return self.respond("fast", message, score=score, status=HTTPStatus.TOO_MANY_REQUESTS)
        except Article.DoesNotExist:
            raise Http404 from None
        message = _("Thank you for rating the article.")
        return self.respond_after_change("rated", message, score=score, done="cam-on")

    def _ask_to_confirm(self, score: int, *, is_second: bool) -> HttpResponse:
        """Set the rater cookie and count nothing until a request sends it back.

        Otherwise a client that keeps no cookies would be a new rater with every request.
        """
        message = _("Please confirm your rating.")
        if is_second:
            message = _("Your browser refuses cookies, so your rating could not be counted.")
        response = self.respond(
            "refused" if is_second else "confirm", message, score=score, status=HTTPStatus.ACCEPTED
        )
        raters.set_rater_cookie(response)
        return response


class MyRatingView(VisitorRatingView):
    """The visitor's own rating as JSON: the page of an article is the same for everyone."""

    def get(self, request: HttpRequest, article_id: int) -> HttpResponse:
        mine = self.get_own_rating(raters.rater_of_request(request))
        # With the figures: those in a page from a cache may be older than the rating just given.
        figures = rating_summary(self.article).as_json
        return JsonResponse({"score": mine.score if mine else None, "rating": figures})


class WithdrawView(VisitorRatingView):
    """Withdraw the visitor's own rating; also if the article can no longer be rated."""

    def post(self, request: HttpRequest, article_id: int) -> HttpResponse:
        rater = raters.rater_of_request(request)
        if rater is not None:
            services.withdraw_rating(article=self.article, rater=rater)
        message = _("Your rating has been withdrawn.")
        return self.respond_after_change("none", message, score=None, done="da-rut")
