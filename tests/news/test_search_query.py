"""What a reader may type, and what is understood. No database."""

from __future__ import annotations

import random
import unicodedata

import pytest

from news.search.query import MAX_CHARACTERS, MAX_WORDS, Problem, Query, parse
from news.search.text import fold, words


def terms(query: Query) -> tuple[list[str], list[str]]:
    return (
        [" ".join(term.words) for term in query.wanted],
        [" ".join(term.words) for term in query.unwanted],
    )


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("thi đua", ["thi", "đua"], []),
        ("  THI   ĐUA ", ["thi", "đua"], []),
        (unicodedata.normalize("NFD", "thi đua khen thưởng"), ["thi", "đua", "khen", "thưởng"], []),
        ("tiê\u0301m chu\u0309ng", ["tiếm", "chủng"], []),
        ("thuỷ lợi", ["thủy", "lợi"], []),
        ("hoà giải", ["hòa", "giải"], []),
        ("quý", ["quý"], []),
        ("Ðảng ủy", ["đảng", "ủy"], []),
        ('"thi đua khen thưởng"', ["thi đua khen thưởng"], []),
        ("“thi đua” phường", ["thi đua", "phường"], []),
        ('"thi đua', ["thi đua"], []),
        ("tiêm -dại", ["tiêm"], ["dại"]),
        ('chợ -"chợ Hạ"', ["chợ"], ["chợ hạ"]),
        ("chợ - hạ", ["chợ", "hạ"], []),
        ("chợ – hạ", ["chợ", "hạ"], []),
        ("--chợ", ["chợ"], []),
        ("15/2023", ["15 2023"], []),
        ("15/2023/NQ-HĐND", ["15 2023 nq hđnd"], []),
        ("12 /QD-UBND", ["12", "qd ubnd"], []),
        ("COVID-19", ["covid 19"], []),
        ("đường đường đường", ["đường"], []),
        ("5G vùng núi", ["5g", "vùng", "núi"], []),
        ("a & b | !c <-> (d):*", ["a", "b", "c", "d"], []),
        ("o'clock'", ["o clock"], []),
        ("chợ\x00 hạ", ["chợ", "hạ"], []),
        ("\u202echợ\u202c", ["chợ"], []),
    ],
)
def test_what_is_typed_is_understood(typed: str, wanted: list[str], unwanted: list[str]) -> None:
    query = parse(typed)
    assert query.problem is None
    assert terms(query) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", Problem.EMPTY),
        (" \u200b\t\n ", Problem.EMPTY),
        ("a", Problem.TOO_SHORT),
        ('"', Problem.NO_WORDS),
        ('""', Problem.NO_WORDS),
        ("?!… – ()", Problem.NO_WORDS),
        ("😀", Problem.NO_WORDS),
        ("-chợ", Problem.ONLY_EXCLUDED),
        ("-", Problem.NO_WORDS),
        ("\ud800\udfff", Problem.EMPTY),
    ],
)
def test_what_cannot_be_searched_says_why(typed: str, problem: Problem) -> None:
    assert parse(typed).problem == problem


def test_words_beyond_the_limit_are_cut_off_and_the_last_one_kept_is_whole() -> None:
    words = [f"từ{n}" for n in range(MAX_WORDS + 1)]
    at_limit, beyond = parse(" ".join(words[:-1])), parse(" ".join(words))
    assert (at_limit.is_cut, list(at_limit.words)) == (False, words[:-1])
    assert (beyond.is_cut, list(beyond.words)) == (True, words[:-1])
    assert at_limit.last_word_as_prefix()
    assert not beyond.last_word_as_prefix()


@pytest.mark.parametrize(
    ("length", "is_cut"), [(MAX_CHARACTERS, False), (MAX_CHARACTERS + 1, True), (200_000, True)]
)
def test_characters_beyond_the_limit_are_cut_off(length: int, is_cut: bool) -> None:
    query = parse("ă" * length)
    assert query.is_cut == is_cut
    assert len(query.text) == MAX_CHARACTERS


@pytest.mark.parametrize("typed", ["ấp", "a b", "5 6"])
def test_two_letters_are_enough_to_search_for(typed: str) -> None:
    assert parse(typed).problem is None


@pytest.mark.parametrize(
    ("typed", "anywhere"),
    [
        ("thi đua", "'thi' & 'dua'"),
        ('"thi đua khen"', "'+thi dua' & '+dua khen'"),
        ("tiêm -dại", "'tiem' & !('=dại')"),
        ("tiem -dai", "'tiem' & !('dai')"),
        ('chợ -"chợ hạ"', "'cho' & !('=chợ' & '=hạ' & '+cho ha')"),
        ("15/2023", "'+15 2023'"),
    ],
)
def test_index_is_asked_without_accents_and_excluded_with_those_typed(
    typed: str, anywhere: str
) -> None:
    assert parse(typed).anywhere() == anywhere


@pytest.mark.parametrize(
    ("typed", "as_written"),
    [("bán", "'=bán'"), ("ban", ""), ("bán hang", "'=bán' & 'hang'"), ("thuỷ", "'=thủy'")],
)
def test_only_accents_that_were_typed_are_asked_for(typed: str, as_written: str) -> None:
    assert parse(typed).as_written() == as_written


@pytest.mark.parametrize(
    ("typed", "begun"),
    [
        ("tiêm chủ", "'tiem' & ('chu' | 'chu':* | '+tiem chu':*)"),
        ("tiêm c", "'tiem' & ('c' | '+tiem c':*)"),
        ("chủn", "('chun' | 'chun':*)"),
        ("ch", ""),
        ('"tiêm chủ"', ""),
        ("tiêm -chủ", ""),
        ("15/2023/n", "'+15 2023' & ('+2023 n':*)"),
    ],
)
def test_last_word_may_be_begun(typed: str, begun: str) -> None:
    assert parse(typed).last_word_as_prefix() == begun


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("đường", "duong"),
        ("ộặễử", "oaeu"),
        ("café", "cafe"),
        ("ubnd", "ubnd"),
        ("москва", "москва"),
    ],
)
def test_fold_takes_the_accents_off(word: str, bare: str) -> None:
    assert fold(word) == bare


def test_every_word_folds_to_one_that_is_as_long() -> None:
    for word in words("Trường Sa, Hoàng Sa; thuở ấy – ngoằn ngoèo, khuỷu tay, 3.500.000 đồng"):
        assert len(fold(word)) == len(word)


def test_nothing_that_is_typed_ends_in_an_error() -> None:
    alphabet = "ab đợ\"-–“”'\\/:*&|!()<>%_\x00\u202e\u0301\ud800😀\n\t19@#$^[]{}?"
    chance = random.Random(1)  # noqa: S311
    for _ in range(5000):
        typed = "".join(chance.choices(alphabet, k=chance.randrange(60)))
        query = parse(typed)
        if query.problem is None:
            for keys in (
                query.anywhere(),
                query.in_title(),
                query.last_word_as_prefix(),
                query.any_word(),
            ):
                assert "\x00" not in keys
                assert "''" not in keys
