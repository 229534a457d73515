"""The answer of /metrics: what all processes have counted, and what is read at this moment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from comments.models import Comment
from news.models import Article
from portal.monitoring.metrics import REGISTRY
from portal.monitoring.readiness import nearest_folder
from portal.monitoring.timed_call import TimedCall
from portal.services.backups import last_backup_at
from portal.version import VERSION

Figures = dict[str, float]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer /metrics; who may ask is decided in `portal.monitoring.middleware`."""
    return HttpResponse(figures_as_text(), content_type=CONTENT_TYPE_LATEST)


def figures_as_text() -> bytes:
    """The figures in the text format of Prometheus; those that cannot be read are left out."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    now = CollectorRegistry()
    now.register(CurrentFigures())
    return generate_latest(counted) + generate_latest(now)


class CurrentFigures(Collector):
    """What is asked for at each scrape, within 3 seconds whatever hangs."""

    HELP = {
        "congtin_database_up": "Whether the database answers.",
        "congtin_comments_waiting": "Comments in the moderation queue.",
        "congtin_comments_oldest_waiting_seconds": "How long the oldest of them has waited.",
        "congtin_articles_scheduled": "Articles that will be published at a future time.",
        "congtin_last_backup_timestamp_seconds": "When the last backup was finished; 0: never.",
        "congtin_media_free_bytes": "Free space on the disk of the media.",
        "congtin_data_free_bytes": "Free space on the disk of PORTAL_DATA.",
        "congtin_processes": "Processes of the server, the first one included.",
        "congtin_process_resident_memory_bytes": "Memory of all these processes.",
        "congtin_process_open_fds": "Open files and connections of all these processes.",
    }

    def collect(self) -> Iterator[GaugeMetricFamily]:
        info = GaugeMetricFamily("congtin_info", "The version that runs.", labels=["version"])
        info.add_metric([VERSION], 1)
        yield info
        figures = {"congtin_database_up": 0.0} | process_figures()
        for ask in (_database_figures, _disk_figures):
            try:
                figures |= ask()
            except (TimeoutError, DatabaseError, InterfaceError, OSError):
                continue
        for name, value in figures.items():
            yield GaugeMetricFamily(name, self.HELP[name], value)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: else the registry would ask for all figures when this is registered."""
        return []


def read_database() -> Figures:
    """Ask the database; a statement that fails keeps back its own figure alone.

    Raises:
        django.db.Error: it cannot be reached.
    """
    connection.ensure_connection()
    figures = {"congtin_database_up": 1.0}
    asked: list[Callable[[], Figures]] = [waiting_comments, scheduled_articles, last_backup]
    for ask in asked:
        try:
            figures |= ask()
        except (DatabaseError, InterfaceError):
            continue
    return figures


def waiting_comments() -> Figures:
    oldest = Comment.objects.pending().values_list("submitted_at", flat=True).first()
    return {
        "congtin_comments_waiting": Comment.objects.pending().count(),
        "congtin_comments_oldest_waiting_seconds": _seconds_since(oldest),
    }


def scheduled_articles() -> Figures:
    scheduled = Article.objects.filter(
        status=Article.Status.PUBLISHED, published_at__gt=timezone.now()
    )
    return {"congtin_articles_scheduled": scheduled.count()}


def last_backup() -> Figures:
    last = last_backup_at()
    return {"congtin_last_backup_timestamp_seconds": last.timestamp() if last else 0}


def _seconds_since(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0


def read_disks() -> Figures:
    media, data = (
        shutil.disk_usage(nearest_folder(Path(folder))).free
        for folder in (settings.MEDIA_ROOT, settings.PORTAL_DATA)
    )
    return {"congtin_media_free_bytes": media, "congtin_data_free_bytes": data}


def process_figures() -> Figures:
    """Memory and open files of the server's processes; nothing where the system has no /proc."""
    pids = [os.getpid()]
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        first = os.getppid()
        pids = [first, *_children(first)]
    memory = files = processes = 0
    for pid in pids:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            files += len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            continue  # it has just ended
        memory += pages * os.sysconf("SC_PAGE_SIZE")
        processes += 1
    if not processes:
        return {}
    return {
        "congtin_processes": processes,
        "congtin_process_resident_memory_bytes": memory,
        "congtin_process_open_fds": files,
    }


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


_database_figures = TimedCall(read_database, seconds=1.5)
_disk_figures = TimedCall(read_disks, seconds=1.0)
