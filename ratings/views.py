"""Rating an article: a page that works by itself, and the same as JSON for the page's script.

Public pages carry no form token: that a form comes from our own pages is seen by its Origin
(`portal.middleware.SameOrigin`), before these views are asked.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from news.models import Article
from ratings import raters, services
from ratings.models import SCORES, Rating, RatingSummary
from ratings.reading import is_open, summary_of, with_standing

# A score and a word; whoever sends more than this sends something else.
MOST_BYTES = 4096

_SCORE = re.compile(r"[1-5]")


@method_decorator(csrf_exempt, name="dispatch")
class OfOneVisitor(View):
    """What is said to one visitor: found by the article's number, kept by no cache.

    404 where the article has no page of its own.
    """

    article: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > MOST_BYTES:
            response: Any = HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self.article = self._find(kwargs["article_id"])
            response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _find(self, article_id: int) -> Article:
        readable = Article.objects.readable().select_related("category__parent__parent")
        light = readable.defer("body", "summary", "change_note")
        article = with_standing(light).filter(pk=article_id).first()
        if article is None:
            raise Http404
        return article

    def mine(self, rater: UUID | None) -> Rating | None:
        if rater is None:
            return None
        return Rating.objects.filter(article=self.article.pk, rater=rater).first()

    def wants_json(self) -> bool:
        kinds = ["text/html", "application/json"]
        return self.request.get_preferred_type(kinds) == "application/json"

    def answer(
        self,
        state: str,
        message: str,
        *,
        score: int | None,
        status: int = 200,
        mine: Rating | None = None,
        summary: RatingSummary | None = None,
    ) -> HttpResponse:
        """Say how things stand.

        Args:
            state: one word for the script and the template.
            score: the star that is chosen in the form; None for no star.
            mine: the visitor's own rating, which may be withdrawn.
            summary: the figures, where they have just changed.
        """
        summary = summary or summary_of(self.article)
        if self.wants_json():
            told = {
                "state": state,
                "message": message,
                "score": score,
                "rating": summary.as_json,
            }
            return JsonResponse(told, status=status)
        context = {
            "article": self.article,
            "breadcrumb": [*self.article.category.ancestors, self.article.category],
            "summary": summary,
            "scores": SCORES,
            "is_open": is_open(self.article),
            "state": state,
            "message": message,
            "chosen": score,
            "mine": mine,
        }
        return TemplateResponse(self.request, "ratings/rating_page.html", context, status=status)

    def _fresh(self, state: str, message: str, *, score: int | None) -> HttpResponse:
        """As `answer`, with the figures as they are after a change."""
        summary = RatingSummary.objects.filter(pk=self.article.pk).first()
        return self.answer(state, message, score=score, summary=summary)


class RatingView(OfOneVisitor):
    """My rating of an article: shown, given, changed."""

    def get(self, request: HttpRequest, article_id: int) -> HttpResponse:
        mine = self.mine(raters.rater_of(request))
        message = _("You have rated this article already.") if mine else ""
        if mine and "cam-on" in request.GET:
            message = _("Thank you for rating the article.")
        elif not mine and "da-rut" in request.GET:
            message = _("Your rating has been withdrawn.")
        elif not is_open(self.article):
            message = _("This article cannot be rated.")
        state = "rated" if mine else "none"
        return self.answer(state, message, score=mine.score if mine else None, mine=mine)

    def post(self, request: HttpRequest, article_id: int) -> HttpResponse:
        if not is_open(self.article):
            words = _("This article cannot be rated.")
            return self.answer("closed", words, score=None, status=HTTPStatus.FORBIDDEN)
        given = request.POST.getlist("score")
        if len(given) != 1 or not _SCORE.fullmatch(given[0]):
            words = _("Please choose one to five stars.") if not given else _("Invalid rating.")
            return self.answer("invalid", words, score=None, status=HTTPStatus.BAD_REQUEST)
        score = int(given[0])
        rater = raters.rater_of(request)
        if rater is None:
            return self._ask_to_confirm(score, is_second="confirm" in request.POST)
        try:
            services.rate_article(
                article=self.article,
                rater=rater,
                score=score,
                origin=raters.origin_of(request.META["REMOTE_ADDR"]),
            )
        except services.TooManyRatingsError as refusal:
            words = _("Many ratings have come from your network. Please try again in an hour.")
            if refusal.is_of_article:
                words = _(
                    "Many ratings of this article have come from your network. Please try again in "
                    "an hour."
                )
            return self.answer("fast", words, score=score, status=HTTPStatus.TOO_MANY_REQUESTS)
        except Article.DoesNotExist:
            raise Http404 from None
        if not self.wants_json():
            return HttpResponseRedirect(
                f"{reverse('ratings:rating', args=[article_id])}?cam-on",
                status=HTTPStatus.SEE_OTHER,
            )
        return self._fresh("rated", _("Thank you for rating the article."), score=score)

    def _ask_to_confirm(self, score: int, *, is_second: bool) -> HttpResponse:
        """Give a cookie, and count nothing until it comes back.

        Counted at once, every one of forty first clicks would be a rater of its own.
        """
        words = _("Please confirm your rating.")
        if is_second:
            words = _("Your browser refuses cookies, so your rating could not be counted.")
        response = self.answer(
            "refused" if is_second else "confirm", words, score=score, status=HTTPStatus.ACCEPTED
        )
        raters.introduce(response)
        return response


class MyRatingView(OfOneVisitor):
    """My own rating as JSON, for the script of a page that is the same for everyone."""

    def get(self, request: HttpRequest, article_id: int) -> HttpResponse:
        mine = self.mine(raters.rater_of(request))
        # The page may be as old as a cache keeps it: it would not show the rating just given.
        told = summary_of(self.article).as_json
        return JsonResponse({"score": mine.score if mine else None, "rating": told})


class WithdrawView(OfOneVisitor):
    """Take my rating back; also where nothing can be rated any more."""

    def post(self, request: HttpRequest, article_id: int) -> HttpResponse:
        rater = raters.rater_of(request)
        if rater is not None:
            services.withdraw_rating(article=self.article, rater=rater)
        if not self.wants_json():
            return HttpResponseRedirect(
                f"{reverse('ratings:rating', args=[article_id])}?da-rut",
                status=HTTPStatus.SEE_OTHER,
            )
        return self._fresh("none", _("Your rating has been withdrawn."), score=None)
