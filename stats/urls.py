from django.urls import path

from stats import views

app_name = "stats"
urlpatterns = [
    path("", views.HowView.as_view(), name="how"),
    path("doc-nhieu/", views.MostReadView.as_view(), name="most-read"),
]
