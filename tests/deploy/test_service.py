"""congtin.service as it ships: it starts, serves, stops, and comes back."""

from __future__ import annotations

from tests.deploy.unit import Service


def test_the_site_answers_under_its_unit(site: Service) -> None:
    assert site.get()[0] == 200
    assert site.get("/readyz")[0] == 200
