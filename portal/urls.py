from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from news.feeds import FeedsPageView
from portal.views import media, pages, robots
from stats import beacon

urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap_index, name="sitemap-index"),
    path("sitemap/trang.xml", robots.sitemap_pages, name="sitemap-pages"),
    path("", include("news.data_urls")),
    path("thong-ke/luot", csrf_exempt(beacon.visit), name="visit"),
    path("thong-ke/luot.gif", beacon.pixel, name="visit-pixel"),
    re_path(
        rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.+)$", media.MediaView.as_view(), name="media"
    ),
    *i18n_patterns(
        path("", pages.HomeView.as_view(), name="home"),
        # Each with one prefix, and asked often: before the many patterns of the news.
        path("danh-gia/", include("ratings.urls")),
        path("binh-luan/", include("comments.urls")),
        path("thong-ke/", include("stats.urls")),
        path("", include("news.urls")),
        path("rss/", FeedsPageView.as_view(), name="feeds"),
        path("so-do-cong/", pages.SiteMapView.as_view(), name="site-map"),
        path("trang/<slug:slug>/", pages.PageView.as_view(), name="page"),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.permission_denied"
handler404 = "portal.views.errors.page_not_found"
handler500 = "portal.views.errors.server_error"
