from django.urls import URLPattern, URLResolver, include, path

app_name = "comments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("ma/", include("comments.captcha.urls")),
]
