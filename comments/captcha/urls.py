"""Addresses of the captcha, included by those of the comments: `comments:captcha-picture` …"""

from django.urls import path

from comments.captcha.views import PictureView, RenewView, SoundView

urlpatterns = [
    path("moi", RenewView.as_view(), name="captcha-renew"),
    path("<str:key>.png", PictureView.as_view(), name="captcha-picture"),
    path("<str:key>.wav", SoundView.as_view(), name="captcha-sound"),
]
