"""The comments of an article, and one of them with its replies."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from comments import reading
from comments.models import CommentPolicy
from news.keys import parse_id
from news.models import Article


def policy_or_404(article: str) -> CommentPolicy:
    try:
        return CommentPolicy.for_article(int(article))
    except Article.DoesNotExist as error:
        raise Http404 from error


def _id_in_address(request: HttpRequest, name: str) -> int:
    """Return the id that an address goes on from, 0 if it names none; 404 for anything else."""
    if name not in request.GET:
        return 0
    number = parse_id(request.GET[name])
    if not number:
        raise Http404
    return number


class ListView(View):
    """All comments of an article, newest first, from the comment `truoc` on."""

    def get(self, request: HttpRequest, article: str) -> HttpResponse:
        policy = policy_or_404(article)
        page = reading.read_threads(policy, _id_in_address(request, "truoc"))
        context = {"policy": policy, "page": page, "is_older": "truoc" in request.GET}
        return render(request, "comments/list_page.html", context)


class ThreadView(View):
    """One comment with all its replies, in order, from the reply `sau` on."""

    def get(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        policy = policy_or_404(article)
        found = reading.read_thread(policy, int(comment), _id_in_address(request, "sau"))
        if found is None:
            raise Http404
        thread, next_url = found
        context = {"policy": policy, "thread": thread, "next_url": next_url}
        return render(request, "comments/thread_page.html", context)
