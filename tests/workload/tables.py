"""The plain pages of the admin: add a row, change it, delete it, edit the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from comments.models import Comment, ConsentText
from news.models import Article, Image, OldAddress
from portal.models import MissingAddress, User
from portal.redirects.missing_addresses import count_missing_address
from portal.redirects.services import redirect_earlier_url, save_redirect
from portal.services.songs import delete_song, save_song
from stats.models import ArticleViews
from stats.services import set_article_opening_balance
from tests.factories import make_image
from tests.workload.actions import Actor, add_action
from tests.workload.browser import open_form, send
from tests.workload.newsroom import pick_article, pick_category

Values = Callable[[Actor], dict[str, Any]]


def _named(actor: Actor) -> dict[str, Any]:
    return {"name": actor.new_words("Tên")}


def _in_category_or_article(actor: Actor) -> dict[str, Any]:
    if actor.maybe():
        return {"category": pick_category(actor).pk, "article": ""}
    return {"category": "", "article": pick_article(actor).pk}


def _home_block(actor: Actor) -> dict[str, Any]:
    if actor.maybe(0.7):
        return {"kind": "category", "category": pick_category(actor).pk}
    return {"kind": "newest", "category": ""}


def _days(actor: Actor, name: str, days: int) -> dict[str, str]:
    at = timezone.localtime() + timedelta(days=days, minutes=actor.random.randrange(9999))
    return {f"{name}_0": f"{at:%d/%m/%Y}", f"{name}_1": f"{at:%H:%M:%S}"}


def _user(actor: Actor) -> dict[str, Any]:
    password = "mot mat khau rat dai 7"
    return {
        "username": actor.new_words("nhan-vien").replace(" ", "-"),
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }


def _redirect(actor: Actor) -> dict[str, Any]:
    """Also to the old path of another one, so that chains and circles are tried."""
    target = actor.random.choice(["article", "category", "address"])
    values: dict[str, Any] = {"article": "", "category": "", "address": ""}
    values["path"] = f"/cu/{actor.random.randrange(30)}.html"
    match target:
        case "article":
            values[target] = pick_article(actor).pk
        case "category":
            values[target] = pick_category(actor).pk
        case "address":
            values[target] = f"/cu/{actor.random.randrange(30)}.html"
    return values


def _menu_item(actor: Actor) -> dict[str, Any]:
    return {"label": actor.new_words("Mục"), "category": pick_category(actor).pk, "parent": ""}


def _position(actor: Actor) -> dict[str, Any]:
    return {"position": actor.random.randrange(20)}


def _image(actor: Actor) -> Image:
    if not Image.objects.exists():
        make_image()
    image: Image = actor.pick(Image)
    return image


# What to type into the form of a model, to add a row or to change it.
FORMS: dict[str, Values] = {
    "news.Author": _named,
    "news.Series": _named,
    "news.Tag": _named,
    "news.Category": lambda a: _named(a) | {"parent": ""},
    "news.Image": lambda a: {"caption": a.new_words("Ảnh")},
    "news.FeaturedSlot": lambda a: {
        "position": a.random.randint(1, 6),
        "until_0": "",
        "until_1": "",
        "article": pick_article(a, Article.Status.PUBLISHED).pk,
    },
    "portal.SiteIdentity": lambda a: (
        _named(a) | {"valid_from": f"{a.random.randint(1, 28)}/0{a.random.randint(1, 9)}/2020"}
    ),
    "portal.MenuItem": _menu_item,
    "portal.HomeBlock": lambda a: _home_block(a) | _position(a),
    "portal.SidebarBlock": lambda a: {"kind": "banner", "image": _image(a).pk} | _position(a),
    "portal.WardMap": lambda a: {
        "title": a.new_words("Bản đồ"),
        "description": "Phía nam là sông.",
        "image": _image(a).pk,
        "is_current": "",
    },
    "portal.LinkGroup": lambda a: (
        _named(a) | {"links-0-label": "Tỉnh", "links-0-address": "https://example.gov.vn/"}
    ),
    "portal.AlertBanner": lambda a: (
        {"text": a.new_words("Bão số 5"), "level": "notice"}
        | _days(a, "starts_at", -1)
        | _days(a, "ends_at", 30)
    ),
    "portal.Page": lambda a: {"title": a.new_words("Trang"), "body": "<p>Chữ.</p>", "slug": ""},
    "portal.Redirect": _redirect,
    "portal.Song": lambda a: {"title": a.new_words("Bài ca"), "link": "https://example.vn/nghe"},
    "portal.User": _user,
    "auth.Group": _named,
    "stats.OpeningBalance": lambda a: {"figure": a.random.randrange(10**6)},
    "stats.ArticleViews": lambda a: {"opening_balance": a.random.randrange(10**6)},
    "comments.ListedPhrase": lambda a: {"phrase": a.new_words("quảng cáo")},
    "comments.CannedReason": lambda a: {
        "title": a.new_words("Lý do"),
        "reason": "other",
        "text": "Xin viết lại.",
    },
    "comments.CommentSettings": lambda a: {
        "seconds_to_fill_in": "0",
        "seconds_between": "0",
        "per_hour_and_network": "9999",
        "trust_after": a.random.choice([0, 3]),
        "closes_after_days": "999",
        "controller": "Ủy ban nhân dân phường",
    },
    "comments.ConsentText": lambda a: {
        "text": a.new_words("Tôi đồng ý"),
        **_days(a, "valid_from", 0),
    },
    "comments.CommentSwitch": lambda a: _in_category_or_article(a) | {"is_open": "on"},
    "ratings.RatingSwitch": lambda a: (
        _in_category_or_article(a) | {"is_on": a.random.choice(["True", "False"])}
    ),
}
_ALSO = {
    "add portal.Redirect": (save_redirect,),
    "change portal.Redirect": (save_redirect,),
    "change portal.Page": (redirect_earlier_url,),
    "add portal.Song": (save_song,),
    "delete portal.Song": (delete_song,),
}


def _url(model: type[Model], *parts: object) -> str:
    return "/".join(
        ["/admin", model._meta.app_label, str(model._meta.model_name), *map(str, parts), ""]
    )


def _row(actor: Actor, model: type[Model], chance_of_new: float = 0.0) -> Any:
    """A row that may be changed; one that was added by its form if there is none.

    Args:
        chance_of_new: of a row that is added though there are others, which nobody uses yet.
    """
    rows = model._default_manager.all()
    if model is User:
        # No process may lose its own account.
        rows = rows.filter(username__startswith="nhan-vien-")
    elif model is ConsentText:
        rows = rows.exclude(pk__in=Comment.objects.exclude(consent=None).values("consent"))
    if not rows.exists() or actor.maybe(chance_of_new):
        _make(actor, model)
        return rows.order_by("-pk").first() or actor.pick(rows)
    return actor.pick(rows)


def _make(actor: Actor, model: type[Model]) -> None:
    if model is Image:
        make_image()
    elif model is OldAddress:
        path = f"/cu/{actor.new_words('tin').replace(' ', '-')}.html"
        OldAddress.objects.create(path=path, article=pick_article(actor))
    elif model is MissingAddress:
        count_missing_address(f"/cu/{actor.random.randrange(30)}.html")
    elif model is ArticleViews:
        set_article_opening_balance(article=pick_article(actor), figure=5)
    else:
        _add(model, FORMS[model._meta.label])(actor)


def _add(model: type[Model], values: Values) -> Callable[[Actor], None]:
    def perform(actor: Actor) -> None:
        form = open_form(actor, _url(model, "add"))
        send(actor, _url(model, "add"), form.values | values(actor))

    return perform


def _change(model: type[Model], values: Values) -> Callable[[Actor], None]:
    def perform(actor: Actor) -> None:
        url = _url(model, _row(actor, model).pk, "change")
        form = open_form(actor, url)
        # A form that was sent unchanged has no history.
        send(actor, url, form.values | values(actor), is_logged=False)

    return perform


def _delete(model: type[Model], values: Values) -> Callable[[Actor], None]:
    def perform(actor: Actor) -> None:
        url = _url(model, _row(actor, model, 0.5).pk, "delete")
        send(actor, url, {"post": "yes"}, is_asked=True)

    return perform


def _delete_selected(model: type[Model], values: Values) -> Callable[[Actor], None]:
    def perform(actor: Actor) -> None:
        selected = sorted({_row(actor, model, 0.5).pk for _ in range(2)})
        values = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
        send(actor, _url(model), values, is_asked=True)

    return perform


def _edit_list(model: type[Model], values: Values) -> Callable[[Actor], None]:
    def perform(actor: Actor) -> None:
        _row(actor, model)
        form = open_form(actor, _url(model))
        name = "form-0-position"
        values = form.values | {name: actor.random.randrange(20), "_save": "1"}
        send(actor, _url(model), values, is_logged=False)

    return perform


OWN_ACTIONS = {"news.Article", "comments.Block"}  # newsroom.py, desk.py


MAKERS = {
    "add": _add,
    "change": _change,
    "delete": _delete,
    "delete selected": _delete_selected,
    "edit the list of": _edit_list,
}


def _nothing(actor: Actor) -> dict[str, Any]:
    """For rows that can be deleted and not written; a form sent with this is refused."""
    return {}


def add_actions() -> None:
    """Add an action for each of these pages that the admin has."""
    from tests.workload.coverage import admin_writes

    for write in sorted(admin_writes()):
        verb, _space, label = write.rpartition(" ")
        if label == "delete_selected":
            verb, label = "delete selected", write.partition(":")[0]
        if label in OWN_ACTIONS or write == "add news.Image" or (not verb):
            continue
        maker = MAKERS.get(verb)
        if maker is not None:
            perform = maker(apps.get_model(label), FORMS.get(label, _nothing))
            add_action(write, perform, *_ALSO.get(write, ()), writes=(write,))
