"""The captcha over HTTP: its picture, its sound, another one, and its place in a form."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest
import time_machine
from django import forms
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from comments.captcha.challenges import (
    Challenge,
    Kind,
    Verdict,
    check_answer,
    find_challenge,
    issue_challenge,
)
from comments.captcha.fields import HELP, CaptchaField, wants_other

HERE = "127.0.0.1"
FOUND = {Kind.PICTURE: "png", Kind.SOUND: "wav"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


def address(challenge: Challenge, ending: str = "") -> str:
    return f"/binh-luan/ma/{challenge.key}.{ending or FOUND[challenge.kind]}"


def renew(client: Client, kind: object = "picture", key: str = "", **extra: Any) -> Any:
    return client.post("/binh-luan/ma/moi", {"kind": kind, "key": key}, **extra)


class AForm(forms.Form):
    name = forms.CharField()
    captcha = CaptchaField()


def offered(data: dict[str, str] | None = None) -> tuple[AForm, Challenge]:
    """A form as a view shows it after this was posted, and the challenge in it."""
    request = RequestFactory().post("/", data) if data else RequestFactory().get("/")
    form = AForm(request.POST or None)
    if data and not wants_other(request.POST):
        assert not form.is_valid()
    field: Any = form.fields["captcha"]
    field.offer(request)
    return form, field.widget.challenge


@pytest.mark.parametrize("kind", list(FOUND))
def test_challenge_is_shown_to_one_visitor_alone(client: Client, kind: Kind) -> None:
    challenge = issue_challenge(kind, HERE)
    response = client.get(address(challenge))
    assert response.status_code == 200
    assert response["Content-Type"] == {"png": "image/png", "wav": "audio/wav"}[FOUND[kind]]
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert challenge.response not in str(response.headers).lower()
    assert "Content-Disposition" not in response
    # Looking uses nothing up, and gives no second picture to compare with.
    assert client.get(address(challenge)).content == response.content
    assert client.head(address(challenge)).status_code == 200
    assert client.post(address(challenge)).status_code == 405
    assert check_answer(challenge.key, challenge.response) is Verdict.RIGHT
    assert client.get(address(challenge)).status_code == 404


def test_challenge_of_another_kind_has_no_picture_and_no_sound(client: Client) -> None:
    picture, sound, question = (issue_challenge(kind, HERE) for kind in Kind)
    assert client.get(address(sound, "png")).status_code == 404
    assert client.get(address(picture, "wav")).status_code == 404
    assert client.get(address(question, "png")).status_code == 404
    assert client.get(address(question, "wav")).status_code == 404


def test_challenge_whose_time_is_over_is_shown_no_more(client: Client) -> None:
    challenge = issue_challenge(Kind.PICTURE, HERE)
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        assert client.get(address(challenge)).status_code == 404


@pytest.mark.parametrize(
    "key", ["a", "f" * 40, "%00", "%F0%9F%98%80", "..%2F..%2Fetc", "'", "f" * 1900, "mã", "%FF"]
)
def test_hostile_address_is_refused(client: Client, key: str) -> None:
    for ending in ("png", "wav"):
        assert client.get(f"/binh-luan/ma/{key}.{ending}").status_code in {400, 404, 414}


def test_sound_is_given_in_parts(client: Client) -> None:
    challenge = issue_challenge(Kind.SOUND, HERE)
    whole = client.get(address(challenge))
    assert whole["Accept-Ranges"] == "bytes"
    size = len(whole.content)
    with wave.open(io.BytesIO(whole.content)) as sound:
        assert sound.getnframes() > sound.getframerate() * 4
    first = client.get(address(challenge), headers={"Range": "bytes=0-1"})
    assert (first.status_code, first.content) == (206, b"RI")
    assert first["Content-Range"] == f"bytes 0-1/{size}"
    rest = client.get(address(challenge), headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert client.get(address(challenge), headers={"Range": f"bytes={size}-"}).status_code == 416
    for odd in ("bytes=5-2", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=1-2,4-5"):
        assert client.get(address(challenge), headers={"Range": odd}).status_code == 200


@pytest.mark.parametrize("kind", list(Kind))
def test_another_challenge_comes_in_place_of_the_old_one(client: Client, kind: Kind) -> None:
    old = issue_challenge(Kind.PICTURE, HERE)
    response = renew(client, kind, old.key)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    fresh = response.json()
    assert fresh["kind"] == kind
    assert fresh["help"] == str(HELP[kind])
    new = find_challenge(fresh["key"], kind)
    assert new
    assert find_challenge(old.key, Kind.PICTURE) is None
    if kind is Kind.QUESTION:
        assert new.question in fresh["html"]
    else:
        assert address(new) in fresh["html"]
        assert new.response not in response.content.decode().lower().replace(new.key, "")


def test_another_challenge_is_worded_in_the_language_of_its_address(client: Client) -> None:
    fresh = client.post("/en/binh-luan/ma/moi", {"kind": "question"}).json()
    assert fresh["html"].isascii()
    assert fresh["help"].startswith("Answer")


@pytest.mark.parametrize("kind", ["", "Picture", "p", "x" * 100_000, "ảnh", "\0"])
def test_unknown_kind_is_a_bad_request(client: Client, kind: str) -> None:
    assert renew(client, kind).status_code == 400


def test_renewing_is_for_our_own_pages_and_by_post_alone(client: Client) -> None:
    assert client.get("/binh-luan/ma/moi").status_code == 405
    assert renew(client, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    assert renew(strict, headers={"Origin": "http://testserver"}).status_code == 200


def test_network_that_asks_too_fast_gets_a_sentence(client: Client, settings: Any) -> None:
    settings.CAPTCHA_PER_MINUTE = 1
    with time_machine.travel("2026-11-22 10:00:05+07:00", tick=False):
        assert renew(client).status_code == 200
        refused = renew(client)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "60"
        sentence = "Bạn thao tác quá nhanh. Vui lòng thử lại sau ít phút."
        assert refused.json() == {"message": sentence}
        form, challenge = offered()
        assert challenge is None
        assert sentence in str(form["captcha"])
        # Another network, and what it forges, is counted apart.
        assert renew(client, REMOTE_ADDR="203.0.113.9").status_code == 200
        assert renew(client, headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 429


def test_form_shows_a_picture_with_the_words_of_the_portal() -> None:
    form, challenge = offered()
    html = form["captcha"].as_field_group()
    assert challenge.kind is Kind.PICTURE
    for words in (
        ">Mã xác thực <",
        "Nhập các ký tự trong hình (không phân biệt chữ hoa, chữ thường).",
        ">Đổi mã khác</button>",
        ">Nghe mã</button>",
        ">Trả lời câu hỏi thay thế</button>",
        'alt="Mã xác thực dạng hình ảnh.',
        'autocomplete="off" autocapitalize="characters"',
        'spellcheck="false"',
        'aria-describedby="id_captcha_challenge id_captcha_helptext"',
        f'name="captcha_key" value="{challenge.key}"',
        " required",
    ):
        assert words in html, words
    assert "captcha" not in html.partition('alt="')[2].partition('"')[0].lower()


@pytest.mark.parametrize("kind", list(Kind))
def test_form_never_tells_the_answer(kind: Kind) -> None:
    form, challenge = offered({"captcha_other": kind, "name": "An"})
    html = form["captcha"].as_field_group().lower().replace(challenge.key, "")
    assert challenge.seed not in html
    if kind is Kind.QUESTION:
        assert challenge.question.lower() in html
    else:
        assert challenge.response not in html


def test_right_answer_makes_the_form_valid_once() -> None:
    _form, challenge = offered()
    data = {"name": "An", "captcha_key": challenge.key, "captcha": challenge.response}
    assert AForm(data).is_valid()
    assert AForm(data).errors == {"captcha": ["Mã xác thực không đúng."]}


def test_every_refusal_brings_a_new_code_and_an_empty_box() -> None:
    _form, first = offered({"captcha_other": "sound"})
    data = {"name": "An", "captcha_key": first.key, "captcha": "typed-wrongly"}
    form, second = offered(data)
    html = form["captcha"].as_field_group()
    assert form.errors == {"captcha": ["Mã xác thực không đúng."]}
    assert "typed-wrongly" not in html
    assert 'aria-invalid="true"' in html
    assert "id_captcha_error" in html
    # The reader stays with the way that was chosen.
    assert second.kind is Kind.SOUND
    assert second.key != first.key
    assert find_challenge(first.key, Kind.SOUND) is None
    # A form refused for another reason has used its code up as well.
    form, third = offered({"captcha_key": second.key, "captcha": second.response})
    assert set(form.errors) == {"name"}
    assert third.key != second.key


def test_empty_and_expired_answers_have_sentences_of_their_own() -> None:
    _form, challenge = offered()
    data = {"name": "An", "captcha_key": challenge.key, "captcha": ""}
    assert AForm(data).errors["captcha"] == ["Vui lòng nhập mã xác thực."]
    data["captcha"] = challenge.response
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        sentence = "Mã xác thực đã hết hạn, vui lòng nhập mã mới."
        assert AForm(data).errors["captcha"] == [sentence]


@pytest.mark.parametrize("kind", list(Kind))
def test_button_without_a_script_brings_the_kind_it_names(kind: Kind) -> None:
    _form, old = offered()
    form, new = offered({"name": "An", "captcha_key": old.key, "captcha_other": kind})
    assert new.kind is kind
    assert find_challenge(old.key, old.kind) is None
    html = str(form["captcha"])
    assert " autofocus" in html
    hidden = html.count("data-captcha-other hidden")
    assert hidden == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "An"},
        {"name": "An", "captcha": "x"},
        {"name": "An", "captcha": "x" * 1_000_000, "captcha_key": "y" * 1_000_000},
        {"name": "An", "captcha": "\0", "captcha_key": "\0"},
        {"name": "An", "captcha_other": "nonsense"},
    ],
)
def test_odd_fields_are_refused_with_a_sentence(data: dict[str, str]) -> None:
    form = AForm(data)
    assert form.errors["captcha"][0].endswith(".")


def test_last_of_several_keys_counts() -> None:
    _form, one = offered()
    _form, other = offered()
    data = QueryDict(
        f"name=An&captcha_key={other.key}&captcha_key={one.key}&captcha={one.response}"
    )
    assert AForm(data).is_valid()


def test_form_speaks_english_below_en() -> None:
    with translation.override("en"):
        html = offered()[0]["captcha"].as_field_group()
        assert "Verification code" in html
        assert "/en/binh-luan/ma/" in html
        assert html.isascii()
