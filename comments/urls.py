from django.urls import include, path, re_path

from comments import views

app_name = "comments"

ARTICLE = r"(?P<article>[0-9]{1,18})"
COMMENT = r"(?P<comment>[0-9]{1,18})"
KEY = r"(?P<key>[0-9a-f]{32})"

urlpatterns = [
    path("ma/", include("comments.captcha.urls")),
    re_path(rf"^{ARTICLE}/$", views.ListView.as_view(), name="list"),
    re_path(rf"^{ARTICLE}/gui$", views.SendView.as_view(), name="send"),
    re_path(rf"^{ARTICLE}/{COMMENT}/$", views.ThreadView.as_view(), name="thread"),
    re_path(rf"^{ARTICLE}/{COMMENT}/bao-vi-pham$", views.ReportView.as_view(), name="report"),
    re_path(rf"^trang-thai/{KEY}/$", views.StatusView.as_view(), name="status"),
    re_path(rf"^trang-thai/{KEY}/du-lieu.json$", views.ExportView.as_view(), name="export"),
]
