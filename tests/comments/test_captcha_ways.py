"""What is seen, heard and asked: pictures, spoken digits, questions in words."""

from __future__ import annotations

import array
import collections
import io
import itertools
import math
import random
import wave

import pytest
from django.utils import translation
from PIL import Image

from comments.captcha import numerals, pictures, questions, sounds


def test_picture_follows_from_its_seed_alone() -> None:
    before = random.getstate()
    first = pictures.render("cfh346", "a")
    assert random.getstate() == before
    random.seed(9)
    assert pictures.render("cfh346", "a") == first
    assert pictures.render("cfh346", "b") != first


def test_picture_holds_pixels_and_nothing_else() -> None:
    picture = Image.open(io.BytesIO(pictures.render("cfh346", "a")))
    assert picture.format == "PNG"
    assert picture.size == (pictures.WIDTH, pictures.HEIGHT)
    assert picture.info == {}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("CFH346", "cfh346"),
        (" c f-h 346 ", "cfh346"),
        ("ＣＦＨ３４６", "cfh346"),
        ("cfh3AG", "cfh346"),
        ("7q", "t9"),
        ("", ""),
        ("\0!", ""),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert pictures.canonical(typed) == read


@pytest.mark.parametrize("sign", pictures.ALPHABET)
def test_every_sign_can_be_drawn_in_every_type_face(sign: str) -> None:
    assert len(pictures._FONTS) == 3
    glyphs = [pictures._glyph(font, sign) for font in pictures._FONTS]
    assert all(glyph.height >= 36 and glyph.width > 10 for glyph in glyphs)


def test_widest_code_fits_into_its_picture() -> None:
    for seed in range(20):
        picture = Image.open(io.BytesIO(pictures.render("MMMMMM", str(seed))))
        for x in (1, pictures.WIDTH - 2):
            column = [picture.getpixel((x, y)) > 128 for y in range(pictures.HEIGHT)]
            # The wavy edge alone: light turns dark once.
            assert sum(a != b for a, b in itertools.pairwise(column)) <= 1


def samples(sound: bytes) -> array.array[int]:
    with wave.open(io.BytesIO(sound), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getframerate() == sounds.RATE
        return array.array("h", file.readframes(file.getnframes()))


def loudness(part: array.array[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in part) / len(part))


def test_sound_follows_from_its_seed_alone() -> None:
    before = random.getstate()
    first = sounds.render("407312", "a")
    assert random.getstate() == before
    assert sounds.render("407312", "a") == first
    assert sounds.render("407312", "b") != first


def test_every_digit_is_said_by_every_voice() -> None:
    assert len(sounds._VOICES) >= 5
    for voice in sounds._VOICES:
        for digit in "0123456789":
            said = sounds._spoken(voice, digit, 1.0, sounds._SPEECH)
            assert 0.2 < len(said) / sounds.RATE < 1.2, (voice, digit)


@pytest.mark.parametrize("seed", "abcdef")
def test_speech_stands_clear_of_what_lies_under_it(seed: str) -> None:
    sound = samples(sounds.render("407312", seed))
    assert 4 < len(sound) / sounds.RATE < 14
    assert max(map(abs, sound)) < 32767
    under = loudness(sound[: sounds.RATE])
    frames = [sound[at : at + 551] for at in range(0, len(sound) - 551, 551)]
    loud = sorted(map(loudness, frames))[-len(frames) // 5 :]
    assert 20 * math.log10(sum(loud) / len(loud) / under) > 15
    assert under > 50


def test_digits_are_parted_by_pauses() -> None:
    sound = samples(sounds.render("407312", "a"))
    frames = [loudness(sound[at : at + 1102]) > 1500 for at in range(0, len(sound) - 1102, 1102)]
    starts = sum(now and not before for before, now in zip([False, *frames], frames, strict=False))
    assert starts == 6


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("17", "17"),
        (" 1 7 ", "17"),
        ("１７", "17"),
        ("mười bảy", "17"),
        ("Mươi bảy con gà.", "17"),
        ("muoi bay", "17"),
        ("hai mươi", "20"),
        ("hai mươi mốt", "21"),
        ("hai mốt", "21"),
        ("bốn mươi lăm", "45"),
        ("ba mươi tư", "34"),
        ("mười", "10"),
        ("bốn không chín hai", "4092"),
        ("4, 0, 9, 2", "4092"),
        ("twenty-one", "21"),
        ("Seventeen days", "17"),
        ("thirty", "30"),
        ("four zero nine", "409"),
        ("", ""),
        ("gà", ""),
        ("٣", ""),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, digits: str) -> None:
    assert numerals.read_digits(typed) == digits


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_is_read_as_it_is_spelt(language: str) -> None:
    for number in range(100):
        words = numerals.spell(number, language)
        assert numerals.read_digits(words) == str(number), words
        assert numerals.read_digits(numerals.plain(words)) == str(number), words


def some(count: int) -> list[questions.Question]:
    return [questions.compose(str(seed)) for seed in range(count)]


def test_there_are_thousands_of_questions() -> None:
    assert len({question.text() for question in some(6000)}) > 2000


@pytest.mark.parametrize("family", questions.FAMILIES, ids=lambda family: family.__name__)
def test_every_family_has_twenty_answers_or_more(family: object) -> None:
    rng = random.Random(1)  # noqa: S311
    answers = collections.Counter(family(rng).response for _turn in range(2000))  # type: ignore[operator]
    assert len(answers) >= 20


def test_best_guess_is_right_once_in_forty_or_less() -> None:
    answers = collections.Counter(question.response for question in some(4000))
    assert answers.most_common(1)[0][1] / 4000 < 1 / 40


def test_question_never_tells_a_figure() -> None:
    for question in some(500):
        assert not any(sign.isdigit() for sign in question.text())


def test_question_is_answered_in_figures_or_words() -> None:
    for question in some(300):
        answer = question.response
        assert questions.canonical(answer) == answer
        if len(answer) <= 2:
            for language in ("vi", "en"):
                words = numerals.spell(int(answer), language)
                assert questions.canonical(words) == answer
                assert questions.canonical(f"{numerals.plain(words).upper()}.") == answer


def test_question_is_asked_in_the_readers_language() -> None:
    for question in some(50):
        with translation.override("vi"):
            vietnamese = question.text()
        with translation.override("en"):
            english = question.text()
        assert english.isascii()
        assert not vietnamese.isascii()
