from django.urls import include, path, re_path

from comments.views.complaints import ReportView
from comments.views.lists import ListView, ThreadView
from comments.views.sending import SendView
from comments.views.status import ExportView, StatusView

app_name = "comments"

ARTICLE = r"(?P<article>[0-9]{1,18})"
COMMENT = r"(?P<comment>[0-9]{1,18})"
KEY = r"(?P<key>[0-9a-f]{32})"

urlpatterns = [
    path("ma/", include("comments.captcha.urls")),
    re_path(rf"^{ARTICLE}/$", ListView.as_view(), name="list"),
    re_path(rf"^{ARTICLE}/gui$", SendView.as_view(), name="send"),
    re_path(rf"^{ARTICLE}/{COMMENT}/$", ThreadView.as_view(), name="thread"),
    re_path(rf"^{ARTICLE}/{COMMENT}/bao-vi-pham$", ReportView.as_view(), name="report"),
    re_path(rf"^trang-thai/{KEY}/$", StatusView.as_view(), name="status"),
    re_path(rf"^trang-thai/{KEY}/du-lieu.json$", ExportView.as_view(), name="export"),
]
