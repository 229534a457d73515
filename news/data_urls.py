"""Addresses for programs: one language, no prefix."""

from django.urls import include, path, re_path

from news import api, feeds, sitemaps

app_name = "data"

urlpatterns = [
    # Before the categories: a category that is called “Tin mới” keeps its page, not this address.
    path("rss/tin-moi.xml", feeds.NewestFeed(), name="rss"),
    path("rss/the/<slug:slug>.xml", feeds.TagFeed(), name="rss-tag"),
    path("rss/<slug:slug>.xml", feeds.CategoryFeed(), name="rss-category"),
    path("atom/tin-moi.xml", feeds.NewestFeed(feeds.NewsAtom), name="atom"),
    path("atom/the/<slug:slug>.xml", feeds.TagFeed(feeds.NewsAtom), name="atom-tag"),
    path("atom/<slug:slug>.xml", feeds.CategoryFeed(feeds.NewsAtom), name="atom-category"),
    path("sitemap/tin-moi.xml", sitemaps.FreshNewsView.as_view(), name="sitemap-fresh"),
    re_path(
        r"^sitemap/(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])(?:-(?P<part>[1-9][0-9]{0,3}))?\.xml$",
        sitemaps.MonthView.as_view(),
        name="sitemap-month",
    ),
    path("api/", include(api.url_patterns())),
]
