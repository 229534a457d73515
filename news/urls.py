from django.urls import path, re_path
from django.views.generic import RedirectView

from news.views import articles as views
from news.views import search

app_name = "news"

urlpatterns = [
    # The article is looked up by its id; a wrong slug is redirected to the right one.
    re_path(
        r"^tin-tuc/(?P<slug>[^/]+)-(?P<pk>[0-9]{1,18})/?$",
        views.ArticleDetailView.as_view(),
        name="article-detail",
    ),
    path("tin-tuc/", views.NewestView.as_view(), name="newest"),
    path("chuyen-muc/<slug:slug>/", views.CategoryView.as_view(), name="category"),
    path("the/<slug:slug>/", views.TagView.as_view(), name="tag"),
    path("dong-su-kien/<slug:slug>/", views.SeriesView.as_view(), name="series"),
    path("tac-gia/<slug:slug>/", views.AuthorView.as_view(), name="author"),
    path("tim-kiem", search.SearchView.as_view(), name="search"),
    path(
        "tim-kiem/",
        RedirectView.as_view(pattern_name="news:search", permanent=True, query_string=True),
    ),
    path("tim-kiem/goi-y", search.TitlesView.as_view(), name="search-titles"),
    path("tim-kiem/dem", search.CountView.as_view(), name="search-count"),
    path("luu-tru/", views.ArchiveView.as_view(), name="archive"),
    re_path(r"^luu-tru/(?P<year>[0-9]{4})/$", views.ArchiveView.as_view(), name="archive-year"),
    re_path(
        r"^luu-tru/(?P<year>[0-9]{4})/(?P<month>0[1-9]|1[0-2])/$",
        views.MonthView.as_view(),
        name="archive-month",
    ),
]
