"""What a list of requested redirects would do. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Article, OldAddress
from news.old_addresses import old_path
from portal.models import Redirect
from portal.models.addresses import validate_address
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
class RequestedRedirect:
    """A redirect as somebody wrote it: `new` is an address or the primary key of an article.

    `problem` is why the line of the file could not be read; empty if it could.
    """

    line: int
    old: str
    new: str
    problem: str = ""


@dataclass
class PlannedRedirect:
    """What becomes of a requested redirect.

    `reason` says why it is refused, and `faulty_field` whether the old or the new address is at
    fault. `earlier_target` is where a redirect that changes leads until now.
    """

    requested: RequestedRedirect
    outcome: str = REFUSED
    path: str = ""
    target: Target | None = None
    reason: str = ""
    faulty_field: str = "new"
    earlier_target: Target | None = None

    @property
    def outcome_label(self) -> str:
        return str(OUTCOMES[self.outcome])


def plan_redirects(
    requests: Sequence[RequestedRedirect], *, ignore: Redirect | None = None
) -> list[PlannedRedirect]:
    """Say what each request would do; about ten statements for any number of them.

    A target that is itself an old address, stored or among the requests, is followed to its end.
    A request is refused if nothing is found there, if it leads in a circle, or if its old address
    is a page of the site. `ignore` is a stored redirect that is being edited.
    """
    plans = [PlannedRedirect(requested, path=old_path(requested.old)) for requested in requests]
    resolver = _TargetResolver(plans, ignore)
    first: dict[str, PlannedRedirect] = {}
    for plan in plans:
        plan.reason = plan.requested.problem or _problem_of_old_address(plan, resolver)
        if plan.reason:
            plan.faulty_field = "old"
            continue
        target = resolver.final_target(plan)
        if isinstance(target, str):
            plan.reason = target
            continue
        plan.target = target
        _set_outcome(plan, resolver.stored.get(plan.path), first.setdefault(plan.path, plan))
    return plans


def _problem_of_old_address(plan: PlannedRedirect, resolver: _TargetResolver) -> str:
    if not plan.path:
        return _("Write the old address, for example /tin-tuc/bai-cu.html.")
    if plan.path in resolver.pages or targets.is_reserved(plan.path):
        return _("This address shows a page of the site; a redirect would never be used.")
    return ""


def _set_outcome(plan: PlannedRedirect, stored: Target | None, first: PlannedRedirect) -> None:
    """Set the outcome. `first` is the first plan with the same old address."""
    if first is not plan:
        if first.target == plan.target:
            plan.outcome = REPEATED
        else:
            plan.reason = _("Line %(line)d leads the same address elsewhere.") % {
                "line": first.requested.line
            }
    elif stored is None:
        plan.outcome = NEW
    else:
        plan.outcome = SAME if stored == plan.target else CHANGED
        plan.earlier_target = stored


class _TargetResolver:
    """Finds the final target of each requested redirect. All it needs is read at the start.

    `requested`: the new address of each old path that is requested.
    `articles`, `addresses`, `found`: what the new addresses themselves name.
    `stored`, `imported`: the targets of stored redirects, and of `OldAddress`.
    `pages`: the old paths at which there is a page of the site.
    """

    def __init__(self, plans: Sequence[PlannedRedirect], ignore: Redirect | None) -> None:
        self.requested: dict[str, str] = {}
        for plan in plans:
            if plan.path and not plan.requested.problem:
                self.requested.setdefault(plan.path, plan.requested.new.strip())
        self.resolved: dict[str, Target | str] = {}
        new = {plan.requested.new.strip() for plan in plans if not plan.requested.problem}
        ids = {text for text in new if text.isascii() and text.isdigit() and len(text) <= 18}
        self.articles = {
            str(article.pk): targets.target_of_object(article)
            for article in Article.objects.filter(pk__in=ids).only("pk", "slug")
        }
        self.addresses = {text for text in new - ids if _is_address(text)}
        # A query names another page than the path alone: /?p=12 is not the home page.
        paths = {path for path in self.requested if "?" not in path}
        found = targets.find_targets(self.addresses | paths)
        self.found = {text: found[text] for text in self.addresses if text in found}
        self.pages = {path for path in paths & set(found) if targets.is_own_page(path, found[path])}
        old_paths = {targets.old_path_of(text) for text in self.addresses} | set(self.requested)
        rows = Redirect.objects.with_targets().filter(path__in=old_paths)
        if ignore is not None:
            rows = rows.exclude(pk=ignore.pk)
        self.stored = {row.path: targets.target_of_redirect(row) for row in rows}
        imported = OldAddress.objects.filter(path__in=old_paths).select_related("article")
        self.imported = {
            row.path: targets.target_of_object(row.article)
            for row in imported.defer("article__body")
        }

    def final_target(self, plan: PlannedRedirect) -> Target | str:
        """The target at the end of the chain, or a sentence why there is none."""
        chain, text = {plan.path: None}, plan.requested.new.strip()
        while (target := self._direct_target(text)) is None:
            path = targets.old_path_of(text)
            if path not in chain and path not in self.resolved and path not in self.requested:
                target = self.stored.get(path) or self.imported.get(path)
                # The address that a stored redirect leads to may be the old one of a request.
                is_address = target is not None and target.field == "address"
                next_path = targets.old_path_of(str(target.value)) if target and is_address else ""
                if next_path not in chain and next_path not in self.requested:
                    target = target or _("There is no page at %(address)s.") % {"address": text}
                    break
                chain[path] = None
                path = next_path
            if path in chain:
                circle = _describe_circle(list(chain), path)
                target = _("It would lead in a circle: %(way)s") % {"way": circle}
                break
            if path in self.resolved:
                target = self.resolved[path]
                break
            chain[path] = None
            text = self.requested[path]
        self.resolved |= dict.fromkeys(list(chain)[1:], target)
        return target

    def _direct_target(self, text: str) -> Target | str | None:
        """What a new address names by itself; None if it may be an old address."""
        if text.isascii() and text.isdigit():
            return self.articles.get(text) or _("There is no article number %(id)s.") % {"id": text}
        if text not in self.addresses:
            return _("Write a path such as /lien-he/ or an address with https://.")
        return self.found.get(text)


def _describe_circle(chain: list[str], path: str) -> str:
    steps = chain[chain.index(path) :]
    return " → ".join([*steps[:4], *(["…"] if len(steps) > 4 else []), path])


def _is_address(text: str) -> bool:
    try:
        validate_address(text)
    except ValidationError:
        return False
    return len(text) <= 1000
