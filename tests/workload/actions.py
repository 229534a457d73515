"""What an action of the workload is, and how one may end."""

from __future__ import annotations

import random
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import CommandError
from django.db import models
from django.test import Client
from django.utils import timezone

from ratings.services import TooManyRatingsError

# The newest rows of a table: so few that the processes often meet on one.
MOST_ROWS = 8
# How often an action is tried that is to be done once, and finds others in its way.
MOST_TRIES = 40


class RefusedError(Exception):
    """The site has answered with a sentence, as it should: somebody else was first."""


class NothingThereError(Exception):
    """There is no row for this action now."""


@dataclass
class Actor:
    """One process of the workload: a member of staff and a reader, with a browser each."""

    number: int
    random: random.Random
    user: Any
    staff: Client = field(default_factory=Client)
    reader: Client = field(default_factory=Client)
    page_views: int = 0
    words: int = 0

    def pick(self, rows: models.QuerySet | type[models.Model]) -> Any:
        """One of the newest rows; raises NothingThereError if there is none."""
        rows = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
        newest = list(rows.order_by("-pk")[:MOST_ROWS])
        if not newest:
            raise NothingThereError
        return self.random.choice(newest)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def new_words(self, what: str) -> str:
        """Words that no other action of this run has used."""
        self.words += 1
        return f"{what} {self.number}-{self.words}"

    def address(self) -> str:
        return f"10.{self.random.randrange(4)}.{self.random.randrange(250)}.7"


Perform = Callable[[Actor], object]


@dataclass(frozen=True)
class Action:
    name: str
    perform: Perform
    weight: int = 1
    # The services that it runs; the pages and bulk actions of the admin, and the commands.
    services: tuple[Callable[..., Any], ...] = ()
    writes: tuple[str, ...] = ()


ACTIONS: dict[str, Action] = {}


def action(
    *services: Callable[..., Any], weight: int = 1, writes: tuple[str, ...] = ()
) -> Callable[[Perform], Perform]:
    """Add a function to the workload.

    Args:
        services: those that it runs, if nobody else is in its way.
        weight: how often it comes, compared with others.
        writes: what of the admin and of the commands it runs, as `coverage` names them.
    """

    def add(perform: Perform) -> Perform:
        add_action(perform.__name__, perform, *services, weight=weight, writes=writes)
        return perform

    return add


def add_action(
    name: str,
    perform: Perform,
    *services: Callable[..., Any],
    weight: int = 1,
    writes: tuple[str, ...] = (),
) -> None:
    assert name not in ACTIONS, name
    ACTIONS[name] = Action(name, perform, weight, services, writes)


@dataclass
class Results:
    """How the actions ended: by name of the action and kind of ending."""

    counts: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def run(self, action: Action, actor: Actor) -> bool:
        """Do an action; return whether it was done."""
        try:
            action.perform(actor)
        except NothingThereError:
            ending = "nothing there"
        except (RefusedError, ValidationError, TooManyRatingsError, CommandError) as refusal:
            ending = "refused"
            self.sentences[f"{action.name}: {_sentence(refusal)}"] += 1
        except ObjectDoesNotExist as gone:
            # A row that was picked, and deleted by another process before a service locked it.
            ending = "gone"
            self.sentences[f"{action.name}: {gone}"] += 1
        except Exception:
            ending = "error"
            at = f"{timezone.now():%H:%M:%S.%f} UTC"
            self.errors.append(f"{action.name} ({at})\n{traceback.format_exc()}")
        else:
            ending = "done"
        self.counts[f"{action.name}\t{ending}"] += 1
        return ending == "done"

    def add(self, other: dict[str, Any]) -> None:
        self.counts.update(other["counts"])
        self.sentences.update(other["sentences"])
        self.errors += other["errors"]


def choose(actor: Actor, actions: Sequence[Action]) -> Action:
    """An action by chance, the heavier the likelier."""
    return actor.random.choices(actions, [action.weight for action in actions])[0]


def do_each_once(
    turns: Iterable[Action], actions: Sequence[Action], actor: Actor, results: Results
) -> None:
    """Do each of these actions, however long it takes; give one up after MOST_TRIES.

    After a try that has failed comes another action, by chance, which may leave what was missing.
    """
    left = deque((turn, MOST_TRIES) for turn in turns)
    while left:
        turn, tries = left.popleft()
        if results.run(turn, actor):
            continue
        if tries > 1:
            left.append((turn, tries - 1))
        results.run(choose(actor, actions), actor)


def _sentence(refusal: Exception) -> str:
    text = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    return (text or type(refusal).__name__)[:150]
