"""A wave as JSON, for the journal: decimals as strings, instants in UTC, so that a replay computes the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from assignment.policies.wave import Candidate, Pick, Wanted


def distribute_inputs_to_json(*, wanted: Sequence[Wanted], candidates: Sequence[Candidate]) -> dict[str, Any]:
    return {
        "wanted": [_wanted_to_json(order) for order in wanted],
        "candidates": [_candidate_to_json(candidate) for candidate in candidates],
    }


def distribute_inputs_from_json(data: Mapping[str, Any]) -> tuple[tuple[Wanted, ...], tuple[Candidate, ...]]:
    """Raises KeyError, TypeError or ValueError when the data was not written by `distribute_inputs_to_json`."""
    return (
        tuple(_wanted_from_json(item) for item in data["wanted"]),
        tuple(_candidate_from_json(item) for item in data["candidates"]),
    )


def distribute_output_to_json(picks: Sequence[Pick]) -> dict[str, Any]:
    """The picks; their exclusions, which repeat, stand once in `exclusions` and are referred to by number."""
    numbers: dict[tuple[tuple[int, str], ...], int] = {}
    rows = [
        {
            "order_id": pick.order_id,
            "manager_id": pick.manager_id,
            "load_before": str(pick.load_before),
            "load_after": str(pick.load_after),
            "excluded": numbers.setdefault(tuple(sorted(pick.excluded.items())), len(numbers)),
            "because": list(pick.because),
        }
        for pick in picks
    ]
    exclusions = [{str(manager): code for manager, code in items} for items in numbers]
    return {"picks": rows, "exclusions": exclusions}


def distribute_output_from_json(data: Mapping[str, Any]) -> tuple[Pick, ...]:
    """Raises KeyError, TypeError or ValueError when the data was not written by `distribute_output_to_json`."""
    exclusions = [{int(manager): code for manager, code in item.items()} for item in data["exclusions"]]
    return tuple(
        Pick(
            order_id=item["order_id"],
            manager_id=item["manager_id"],
            load_before=Decimal(item["load_before"]),
            load_after=Decimal(item["load_after"]),
            excluded=exclusions[item["excluded"]],
            because=tuple(item["because"]),
        )
        for item in data["picks"]
    )


def _wanted_to_json(order: Wanted) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "weight": str(order.weight),
        "severity_rank": order.severity_rank,
        "since": _instant(order.since),
        "silent": sorted(order.silent),
        "restricted": sorted(order.restricted),
    }


def _wanted_from_json(data: Mapping[str, Any]) -> Wanted:
    return Wanted(
        order_id=data["order_id"],
        weight=Decimal(data["weight"]),
        severity_rank=data["severity_rank"],
        since=datetime.fromisoformat(data["since"]),
        silent=frozenset(data["silent"]),
        restricted=frozenset(data["restricted"]),
    )


def _candidate_to_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "manager_id": candidate.manager_id,
        "load": str(candidate.load),
        "capacity": str(candidate.capacity),
        "offers": candidate.offers,
        "offers_cap": candidate.offers_cap,
        "waiting_since": None if candidate.waiting_since is None else _instant(candidate.waiting_since),
        "ending_soon": candidate.ending_soon,
        "excluded_because": candidate.excluded_because,
    }


def _candidate_from_json(data: Mapping[str, Any]) -> Candidate:
    waiting_since = data["waiting_since"]
    return Candidate(
        manager_id=data["manager_id"],
        load=Decimal(data["load"]),
        capacity=Decimal(data["capacity"]),
        offers=data["offers"],
        offers_cap=data["offers_cap"],
        waiting_since=None if waiting_since is None else datetime.fromisoformat(waiting_since),
        ending_soon=data["ending_soon"],
        excluded_because=data["excluded_because"],
    )


def _instant(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise TypeError(f"an instant needs a zone: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat()
