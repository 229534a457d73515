"""The public pages: how visits are counted with their figures, and the most read articles."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext
from django.views.generic import TemplateView

from stats import charts, reading, recording
from stats.models import OpeningBalance

DAYS = 30
MONTHS = 12
MOST_READ = 20


class HowView(TemplateView):
    """The rules of counting, and the totals of the last days, months and years."""

    template_name = "stats/how.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        days = reading.last_daily_totals(DAYS)
        return super().get_context_data(**kwargs) | {
            "days": days[::-1],
            "chart": charts.column_chart(
                gettext("Page views and visits of the last 30 days"),
                [gettext("Page views"), gettext("Visits")],
                [(f"{row.day:%d/%m}", (row.page_views, row.visits)) for row in days],
            ),
            "months": reading.monthly_totals(MONTHS),
            "years": reading.yearly_totals(),
            "opening": OpeningBalance.objects.first(),
            "visit_minutes": recording.VISIT.seconds // 60,
            "keys_change_at": f"{recording.KEYS_CHANGE_AT.seconds // 3600}:00",
            "online_minutes": recording.ONLINE.seconds // 60,
            "rater_cookie": settings.RATER_COOKIE_NAME,
            "has_english": True,
        }


class MostReadView(TemplateView):
    """The most read articles of 24 hours, 7 and 30 days."""

    template_name = "stats/most_read_page.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "periods": reading.most_read(MOST_READ),
            "has_english": True,
        }
