"""What changes the redirects, a whole table of them or one; each leads to its end in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Article, OldAddress
from news.old_addresses import old_path
from portal.models import MissingAddress, Redirect
from portal.models.addresses import validate_address
from portal.models.redirects import THINGS
from portal.redirects import targets
from portal.redirects.targets import Target

NEW, CHANGED, SAME, REPEATED, REFUSED = "new", "changed", "same", "repeated", "refused"
OUTCOMES = {
    NEW: gettext_lazy("new"),
    CHANGED: gettext_lazy("changed"),
    SAME: gettext_lazy("there already"),
    REPEATED: gettext_lazy("repeated"),
    REFUSED: gettext_lazy("refused"),
}


@dataclass(frozen=True)
class Wish:
    """That an old address lead to a new one, as somebody wrote it; `new` may be an article's id."""

    line: int
    old: str
    new: str
    problem: str = ""


@dataclass
class Step:
    """What becomes of a wish. `note` says why it is refused; `at_fault`, whether its old address or
    its new one is to blame. `earlier` is where a redirect that changes led."""

    wish: Wish
    outcome: str = REFUSED
    path: str = ""
    target: Target | None = None
    note: str = ""
    at_fault: str = "new"
    earlier: Target | None = None

    @property
    def outcome_label(self) -> str:
        return str(OUTCOMES[self.outcome])


# --- Planning -----------------------------------------------------------------------------------


def plan(wishes: Sequence[Wish], *, ignore: Redirect | None = None) -> list[Step]:
    """Say of each wish what it would do, and write nothing; about ten statements for any number.

    A target that is itself an old address, here or among the wishes, is followed to its end. A
    wish is refused if nothing stands there, if it leads in a circle, or if its old address shows
    a page of the site. `ignore` is a redirect that is being rewritten.
    """
    steps = [Step(wish, path=old_path(wish.old)) for wish in wishes]
    ends = _Ends(steps, ignore)
    first: dict[str, Step] = {}
    for step in steps:
        step.note = step.wish.problem or _problem_of(step, ends)
        if step.note:
            step.at_fault = "old"
            continue
        end = ends.of(step)
        if isinstance(end, str):
            step.note = end
            continue
        step.target = end
        _judge(step, ends.stored.get(step.path), first.setdefault(step.path, step))
    return steps


def _problem_of(step: Step, ends: _Ends) -> str:
    if not step.path:
        return _("Write the old address, for example /tin-tuc/bai-cu.html.")
    if step.path in ends.live or targets.is_taken(step.path):
        return _("This address shows a page of the site; a redirect would never be used.")
    return ""


def _judge(step: Step, stored: Target | None, first: Step) -> None:
    if first is not step:
        if first.target == step.target:
            step.outcome = REPEATED
        else:
            step.note = _("Line %(line)d leads the same address elsewhere.") % {
                "line": first.wish.line
            }
    elif stored is None:
        step.outcome = NEW
    else:
        step.outcome = SAME if stored == step.target else CHANGED
        step.earlier = stored


class _Ends:
    """Where the targets of a table of wishes end, read in a few statements."""

    def __init__(self, steps: Sequence[Step], ignore: Redirect | None) -> None:
        self.wished: dict[str, str] = {}
        for step in steps:
            if step.path and not step.wish.problem:
                self.wished.setdefault(step.path, step.wish.new.strip())
        self.known: dict[str, Target | str] = {}
        new = {step.wish.new.strip() for step in steps if not step.wish.problem}
        ids = {text for text in new if text.isascii() and text.isdigit() and len(text) <= 18}
        self.articles = {
            str(article.pk): targets.target_of_thing("article", article)
            for article in Article.objects.filter(pk__in=ids).only("pk", "slug")
        }
        self.addresses = {text for text in new - ids if _is_address(text)}
        # A query names another page than the path alone: /?p=12 is not the home page.
        paths = {path for path in self.wished if "?" not in path}
        found = targets.find(self.addresses | paths)
        self.found = {text: found[text] for text in self.addresses if text in found}
        self.live = {path for path in paths & set(found) if targets.is_own_page(path, found[path])}
        spelled = {targets.spell(text) for text in self.addresses} | set(self.wished)
        rows = Redirect.objects.with_targets().filter(path__in=spelled)
        if ignore is not None:
            rows = rows.exclude(pk=ignore.pk)
        self.stored = {row.path: targets.target_of_row(row) for row in rows}
        remembered = OldAddress.objects.filter(path__in=spelled).select_related("article")
        self.remembered = {
            row.path: targets.target_of_thing("article", row.article)
            for row in remembered.defer("article__body")
        }

    def of(self, step: Step) -> Target | str:
        """The last target of a wish, or the sentence why there is none."""
        way, text = {step.path: None}, step.wish.new.strip()
        while (end := self._end(text)) is None:
            path = targets.spell(text)
            if path not in way and path not in self.known and path not in self.wished:
                end = self.stored.get(path) or self.remembered.get(path)
                # Where that one leads may be led away in its turn, by one of the wishes.
                beyond = targets.spell(str(end.value)) if end and end.field == "address" else ""
                if beyond not in way and beyond not in self.wished:
                    end = end or _("There is no page at %(address)s.") % {"address": text}
                    break
                way[path] = None
                path = beyond
            if path in way:
                end = _("It would lead in a circle: %(way)s") % {"way": _circle(list(way), path)}
                break
            if path in self.known:
                end = self.known[path]
                break
            way[path] = None
            text = self.wished[path]
        self.known |= dict.fromkeys(list(way)[1:], end)
        return end

    def _end(self, text: str) -> Target | str | None:
        """Where a written target leads by itself; None if it may be an old address."""
        if text.isascii() and text.isdigit():
            return self.articles.get(text) or _("There is no article number %(id)s.") % {"id": text}
        if text not in self.addresses:
            return _("Write a path such as /lien-he/ or an address with https://.")
        return self.found.get(text)


def _circle(way: list[str], path: str) -> str:
    steps = way[way.index(path) :]
    return " → ".join([*steps[:4], *(["…"] if len(steps) > 4 else []), path])


def _is_address(text: str) -> bool:
    try:
        validate_address(text)
    except ValidationError:
        return False
    return len(text) <= 1000


# --- Writing ------------------------------------------------------------------------------------


@transaction.atomic
def save_redirects(
    *, wishes: Sequence[Wish], by: Any, leave_out_refused: bool = False
) -> list[Step]:
    """Write redirects, all of them or none; returns what became of each wish.

    Raises ValidationError if a wish is refused, unless those are to be left out.
    """
    _one_at_a_time()
    steps = plan(wishes)
    refused = [step for step in steps if step.outcome == REFUSED]
    if refused and not leave_out_refused:
        raise ValidationError([f"{step.wish.line}: {step.note}" for step in refused])
    _write([step for step in steps if step.outcome in {NEW, CHANGED}], by)
    forget_missing(step.path for step in steps if step.outcome != REFUSED)
    return steps


def _one_at_a_time() -> None:
    """Two who write at once could each close half of a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal_redirect'))")


def _write(steps: Sequence[Step], by: Any) -> None:
    rows = [row_of(step.path, step.target, by) for step in steps if step.target is not None]
    Redirect.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=[*(f"{name}_id" for name in THINGS), "address"],
    )
    _shorten({row.path: row for row in rows})


def _shorten(rows: dict[str, Redirect]) -> None:
    """Lead what led to one of these old addresses to its new end, so that no chain is left."""
    addresses = [spelling for path in rows for spelling in (path, f"{path}/")]
    for earlier in Redirect.objects.filter(address__in=addresses):
        set_target(earlier, targets.target_of_row(rows[targets.spell(earlier.address)]))
        earlier.save()


def row_of(path: str, target: Target, by: Any) -> Redirect:
    row = Redirect(path=path, created_by=by)
    set_target(row, target)
    return row


def set_target(redirect: Redirect, target: Target) -> None:
    """Let a redirect lead to this one target, and to nothing else."""
    for name in THINGS:
        setattr(redirect, f"{name}_id", target.value if name == target.field else None)
    redirect.address = str(target.value) if target.field == "address" else ""


@transaction.atomic
def save_redirect(*, redirect: Redirect) -> None:
    """Write one redirect whose target `plan` has found, new or changed."""
    _one_at_a_time()
    redirect.save()
    _shorten({redirect.path: redirect})
    forget_missing([redirect.path])


@transaction.atomic
def leave_redirect(*, earlier_url: str, thing: Any, by: Any) -> None:
    """Lead the earlier address of a renamed or merged thing to the thing itself.

    A redirect that lies under its new address is dropped: a page stands there now.
    """
    _one_at_a_time()
    with translation.override(settings.LANGUAGE_CODE):
        Redirect.objects.filter(path=old_path(thing.get_absolute_url())).delete()
    target = targets.target_of_thing(thing._meta.model_name, thing)
    path = old_path(earlier_url)
    _write([Step(Wish(0, path, ""), NEW, path, target)], by)
    forget_missing([path])


def forget_missing(paths: Iterable[str]) -> None:
    """Take addresses that lead somewhere now off the list of the missing ones."""
    MissingAddress.objects.filter(path__in=list(paths)).delete()
