"""Register the admin pages of the news again, with what the apps above the news add to them.

The news cannot import those apps, so each offers a mixin of ModelAdmin. The columns of a list are
in the order of the mixins here.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model

import news.admin  # noqa: F401  (registers what is extended here)
from news.models import Article, Author, Category, Series, Tag
from portal.admin.comments import CommentSwitchMixin, PendingCommentsMixin
from portal.admin.figures import ViewsMixin
from portal.admin.merging import MergeCategoriesMixin, MergeTagsMixin
from portal.admin.ratings import RatingSwitchMixin, StarsMixin
from portal.admin.slug_redirects import SlugRedirectMixin

MIXINS: dict[type[Model], list[type]] = {
    Article: [PendingCommentsMixin, ViewsMixin, StarsMixin],
    Author: [SlugRedirectMixin],
    Category: [
        MergeCategoriesMixin,
        SlugRedirectMixin,
        CommentSwitchMixin,
        RatingSwitchMixin,
    ],
    Series: [SlugRedirectMixin],
    Tag: [MergeTagsMixin, SlugRedirectMixin],
}

for model, mixins in MIXINS.items():
    registered = type(admin.site.get_model_admin(model))
    admin.site.unregister(model)
    admin.site.register(model, type(registered.__name__, (*reversed(mixins), registered), {}))
