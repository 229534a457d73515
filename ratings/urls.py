from django.urls import path

from ratings import views

app_name = "ratings"
urlpatterns = [
    path("<int:article_id>/", views.RatingView.as_view(), name="rating"),
    path("<int:article_id>/cua-toi", views.MyRatingView.as_view(), name="my-rating"),
    path("<int:article_id>/rut", views.WithdrawView.as_view(), name="withdraw"),
]
