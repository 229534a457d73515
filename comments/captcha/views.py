"""A challenge as a browser asks for it: its picture, its sound, and another one in its place."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from comments.captcha import pictures, sounds
from comments.captcha.challenges import (
    Challenge,
    Kind,
    TooManyChallenges,
    find_challenge,
    issue_challenge,
)
from comments.captcha.fields import HELP

_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


class _ShownView(View):
    """What one visitor sees or hears of a challenge: kept by no cache, indexed by nobody."""

    http_method_names = ["get", "head"]
    kind: Kind

    def challenge(self, key: str) -> Challenge:
        challenge = find_challenge(key, self.kind)
        if challenge is None:
            raise Http404
        return challenge


class PictureView(_ShownView):
    kind = Kind.PICTURE

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        challenge = self.challenge(key)
        return _private(pictures.render(challenge.response, challenge.seed), "image/png")


class SoundView(_ShownView):
    """One byte range is understood: without it some phones play no sound."""

    kind = Kind.SOUND

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        challenge = self.challenge(key)
        sound = sounds.render(challenge.response, challenge.seed)
        asked = _RANGE.fullmatch(request.headers.get("Range", ""))
        response = _private(sound, "audio/wav")
        if asked:
            first, last = int(asked[1]), min(int(asked[2] or len(sound)), len(sound) - 1)
            if first >= len(sound):
                response = _private(b"", "audio/wav", status=416)
                response["Content-Range"] = f"bytes */{len(sound)}"
            elif first <= last:
                response = _private(sound[first : last + 1], "audio/wav", status=206)
                response["Content-Range"] = f"bytes {first}-{last}/{len(sound)}"
        response["Accept-Ranges"] = "bytes"
        return response


def _private(content: bytes, content_type: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type=content_type, status=status, headers=headers)


@method_decorator(csrf_exempt, name="dispatch")
class RenewView(View):
    """Give another challenge for the one in hand, in the same way or in another one.

    For the script beside the form; without it, the buttons send the form itself.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("kind", "")
        if wanted not in list(Kind):
            return HttpResponse(status=400)
        kind = Kind(wanted)
        try:
            challenge = issue_challenge(
                kind, request.META["REMOTE_ADDR"], replacing=request.POST.get("key", "")
            )
        except TooManyChallenges:
            answer = JsonResponse(
                {"message": _("You are acting too fast. Please try again in a few minutes.")},
                status=429,
            )
            answer["Retry-After"] = "60"
        else:
            answer = JsonResponse(
                {
                    "key": challenge.key,
                    "kind": kind,
                    "html": render_to_string(
                        "comments/captcha/challenge.html", {"challenge": challenge}
                    ),
                    "help": str(HELP[kind]),
                }
            )
        answer["Cache-Control"] = "no-store"
        return answer
