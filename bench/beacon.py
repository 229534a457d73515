# ruff: noqa: S603, S607 – programs of this machine, told nothing from outside
"""How many page views the site counts in a second, and that it counts every one of them.

    .venv/bin/python bench/beacon.py [--beacons 40000] [--visitors 5000] [--together]

Starts a site of its own in a scratch folder, with its own PostgreSQL and one worker, both on the
first core; `wrk` loads it from the second, with `--together` from the same one. Needs Linux with
taskset, and wrk.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from running_site import Site

# Exactly so many beacons, each of one of so many visitors; what wrk asks afterwards is no beacon.
SCRIPT = """
local ffi = require("ffi")
ffi.cdef[[struct moment { long s; long us; }; int gettimeofday(struct moment *at, void *zone);]]
local function now()
  local at = ffi.new("struct moment"); ffi.C.gettimeofday(at, nil)
  return tonumber(at.s) + tonumber(at.us) / 1e6
end
local BEACONS, VISITORS = %d, %d
local sent = -1  -- wrk asks for one request beforehand, and does not send it
local articles = {%s}
answered, refused, began, took = 0, 0, 0, 0
local thread_of
function setup(thread) thread_of = thread end
function request()
  if sent == 0 then began = now() end
  if sent == BEACONS then return wrk.format("GET", "/healthz") end
  sent = sent + 1
  local n = sent %% VISITORS
  return wrk.format("POST", "/thong-ke/luot", {
    ["X-Forwarded-For"] = string.format("10.%%d.%%d.%%d", n / 65536, n / 256 %% 256, n %% 256),
    ["User-Agent"] = string.format(
      "Mozilla/5.0 (X11; Linux x86_64; rv:%%d.0) Gecko/20100101 Firefox/%%d.0", n %% 40, n %% 40),
    ["Content-Type"] = "text/plain",
  }, articles[sent %% #articles + 1])
end
function response(status)
  if status ~= 200 then refused = refused + 1 end
  answered = answered + 1
  if answered == BEACONS then took = now() - began; io.write("answered\\n"); io.flush() end
end
function done()
  io.write(string.format('{"took": %%f, "refused": %%d}\\n',
    thread_of:get("took"), thread_of:get("refused")))
end
"""

TOTALS = """
import json
from django.db.models import Sum
from news.models import Article
from stats import figures
from stats.models import ArticleViews, DailyTotal
print(json.dumps({
    **DailyTotal.objects.filter(day=figures.read_figures().day).aggregate(
        visits=Sum("visits"), page_views=Sum("page_views")),
    "views": ArticleViews.objects.aggregate(n=Sum("views"))["n"],
    "online": figures.read_figures().online,
}))
"""
ARTICLES = """
from django.utils import timezone
from news.models import Article, Category
category = Category.objects.create(name="Tin", slug="tin")
now = timezone.now()
print(*(Article.objects.create(
    title=f"Tin {n}", slug=f"tin-{n}", category=category, status="published", published_at=now,
    first_published_at=now,
).pk for n in range(20)))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beacons", type=int, default=40_000)
    parser.add_argument("--visitors", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--together", action="store_true", help="wrk on the core of the site")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="beacon-"))
    site = Site(folder, options.workers)
    try:
        articles = re.findall(r"\d+", site.shell(ARTICLES))
        before = json.loads(site.shell(TOTALS))
        script = folder / "beacon.lua"
        script.write_text(SCRIPT % (options.beacons, options.visitors, ", ".join(articles)))
        used = site.processor_seconds()
        wrk = subprocess.Popen(
            ["taskset", "-c", "0" if options.together else "1", "wrk", "--threads=1",
             f"--connections={options.connections}", "--duration=300s", "--latency",
             f"--script={script}", f"http://127.0.0.1:{site.port}"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert wrk.stdout is not None
        load = ""
        while not load.endswith("answered\n"):
            load += wrk.stdout.readline()
            assert wrk.poll() is None, load
        wrk.send_signal(signal.SIGINT)
        load += wrk.stdout.read()
        result = json.loads(load.splitlines()[-1])
        time.sleep(3)  # the last batch is written within two seconds
        used = {name: all_ - used[name] for name, all_ in site.processor_seconds().items()}
        after = json.loads(site.shell(TOTALS))
    finally:
        site.stop()
        shutil.rmtree(folder)
    latency = dict(re.findall(r"^\s+(\d+)%\s+(\S+)$", load, re.MULTILINE))
    counted = {
        name: after[name] - (before[name] or 0) for name in ("page_views", "visits", "views")
    }
    where = "everything on one core" if options.together else "site and PostgreSQL on one core"
    print(f"{where}: {options.beacons / result['took']:,.0f} beacons/s")
    each = {name: seconds / options.beacons * 1e6 for name, seconds in used.items()}
    print(
        f"µs of a core each: server {each['server']:.0f}, PostgreSQL {each['PostgreSQL']:.0f}; "
        f"so {1e6 / sum(each.values()):,.0f}/s on a core that nobody else uses"
    )
    print(f"median {latency['50']}, 99 % below {latency['99']}; refused {result['refused']}")
    print(f"sent {options.beacons} of {options.visitors} visitors; counted {counted}")
    print(f"online {after['online']}")
    views = len({(n % options.visitors, n % len(articles)) for n in range(1, options.beacons + 1)})
    assert counted == {
        "page_views": options.beacons, "visits": options.visitors, "views": views,
    }, f"not exact: {views} views of articles expected"  # fmt: skip
    print("exact")


if __name__ == "__main__":
    main()
