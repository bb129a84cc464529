"""All doors of REST × all kinds of keys, in one visible table: who is let through each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.roles import DECIDER, OBSERVER
from orders.models import Approval, Blocker, Claim, Evidence, Order, Payment, Payout, Task
from orders.services import approval_decide, blocker_open, claim_open, payout_ask, task_add
from panel.seeding.keys import AGENTS
from tests.api.client import Caller, agent, person
from tests.stories.company import HOUR, Company
from tests.stories.dealing import ask, awaiting, decide, delivered, finance, in_transit, pay
from tests.stories.inspecting import attach, owners, photo, under_inspection

PEOPLE = ("owner", "stranger", "lead", "finance", "observer", "decider")
KINDS = (*AGENTS, *PEOPLE)

Outcomes = Mapping[str, str]
"""By kind of key: "yes", or the code of the problem."""


def outcomes(*, agents: str | Mapping[str, str], **people: str) -> Outcomes:
    given = dict.fromkeys(AGENTS, agents) if isinstance(agents, str) else agents
    return {**given, **people}


def _acting(**people: str) -> Outcomes:
    """The intake's key lacks the scope, the other agents' have it and move nothing all the same."""
    return outcomes(agents={**dict.fromkeys(AGENTS, "not_yours"), "intake": "no_scope"}, **people)


def _people_only(**people: str) -> Outcomes:
    """No agent's key even has the scope."""
    return outcomes(agents="no_scope", **people)


NOBODY = dict.fromkeys(PEOPLE, "not_yours")
READERS = {**dict.fromkeys(PEOPLE, "yes"), "stranger": "not_found"}

SEEN = outcomes(agents="yes", **READERS)
LISTED = outcomes(agents="yes", **dict.fromkeys(PEOPLE, "yes"))
BROUGHT = outcomes(
    agents={**dict.fromkeys(AGENTS, "no_scope"), "intake": "yes"},
    **{**dict.fromkeys(PEOPLE, "no_permission"), "lead": "yes"},
)
OWNERS = _acting(**{**NOBODY, "owner": "yes", "lead": "yes"})
OWNERS_IF_SEEN = _acting(**{**NOBODY, "stranger": "not_found", "owner": "yes", "lead": "yes"})
LEADS = _acting(**{**NOBODY, "lead": "yes"})
LEADS_IF_SEEN = _acting(**{**NOBODY, "stranger": "not_found", "lead": "yes"})
NOTED = {**_acting(**{**NOBODY, "stranger": "not_found"}), **dict.fromkeys(("owner", "lead"), "yes")}
NOTED |= {name: "yes" for name in AGENTS if name != "intake"}
MONEY_SEEN = _people_only(**READERS)
OWNERS_MONEY = _people_only(**{**NOBODY, "owner": "yes", "lead": "yes"})
ASKED_MONEY = _people_only(**{**NOBODY, "owner": "yes", "lead": "yes", "finance": "yes"})
LEADS_MONEY = _people_only(**{**NOBODY, "lead": "yes"})
FINANCE_ONLY = _people_only(**{**NOBODY, "finance": "yes"})
ASKERS = _people_only(**{**NOBODY, "owner": "yes", "lead": "yes"})
DECIDERS = _people_only(**{**NOBODY, "lead": "yes", "decider": "yes"})
WITHDRAWERS = _people_only(**{**NOBODY, "owner": "yes"})
GRC_ONLY = outcomes(
    agents={**dict.fromkeys(AGENTS, "no_scope"), "ai_grc": "yes"}, **dict.fromkeys(PEOPLE, "no_scope")
)


@dataclass(frozen=True)
class Row:
    """`path` is the pattern of the address with the names of the world's rows in it."""

    method: str
    pattern: str
    expected: Outcomes
    body: Any = None
    done: str = "yes"
    """What is answered to whom it is let through, where that is a refusal for another reason."""
    slots: Mapping[str, str] = field(default_factory=dict)


ORDER = "orders/<ref:ref>/"
LATER = "2026-03-02T18:00:00Z"
NOON = "2026-03-02T09:00:00Z"
AWAITING, INSPECTED, WAITING, MOVING, ARRIVED = (
    {"ref": name} for name in ("awaiting", "inspected", "waiting", "moving", "arrived")
)
NEW = {"external_id": "N-1", "client_name": "Ivan", "item": "Camera"}
MONEY = {"amount": "5000.00", "currency": "RUB"}
PERSON = "<person>"
ANOTHER = "<another>"
HASH = "<hash>"
"""In a body: the id of the owner, of another manager, and what the approval says of itself."""

ROWS: tuple[Row, ...] = (
    Row("GET", "orders/", LISTED),
    Row("POST", "orders/", BROUGHT, NEW),
    Row("POST", "orders/batch/", BROUGHT, {"orders": [NEW]}),
    Row("GET", ORDER, SEEN, slots=AWAITING),
    Row("GET", ORDER + "explain/", SEEN, slots=AWAITING),
    Row("GET", ORDER + "timeline/", SEEN, slots=AWAITING),
    Row("POST", ORDER + "routes/<slug:route>/", OWNERS, {}, slots={**WAITING, "route": "accept"}),
    Row(
        "POST",
        ORDER + "routes/<slug:route>/",
        OWNERS,
        {"reason": "why", "reason_code": "client_refused"},
        done="route_refused",
        slots={**AWAITING, "route": "cancel"},
    ),
    Row(
        "POST",
        ORDER + "routes/<slug:route>/",
        LEADS,
        {"reason": "why"},
        done="route_refused",
        slots={**AWAITING, "route": "reject"},
    ),
    Row(
        "POST",
        ORDER + "assign/",
        LEADS,
        {"manager": ANOTHER, "reason": "why"},
        slots=WAITING,
    ),
    Row("POST", ORDER + "severity/", LEADS, {"severity": "high"}, slots=AWAITING),
    Row("POST", ORDER + "notes/", NOTED, {"text": "So it is"}, slots=AWAITING),
    Row("GET", ORDER + "tasks/", SEEN, slots=AWAITING),
    Row(
        "POST",
        ORDER + "tasks/",
        OWNERS,
        {"title": "Call", "owner": PERSON, "due_at": LATER},
        slots=AWAITING,
    ),
    Row("POST", "tasks/<id:task_id>/done/", OWNERS, {}, slots={"task_id": "task"}),
    Row("GET", ORDER + "inspection/", SEEN, slots=INSPECTED),
    Row("POST", ORDER + "inspection/answers/", OWNERS, {"group": "body"}, slots=INSPECTED),
    Row(
        "POST",
        ORDER + "inspection/verdict/",
        OWNERS,
        {"verdict": "pass"},
        done="incomplete",
        slots=INSPECTED,
    ),
    Row(
        "POST",
        ORDER + "inspection/decision/",
        LEADS,
        {"decision": "go_on", "reason": "why"},
        done="no_fail_to_decide",
        slots=INSPECTED,
    ),
    Row("GET", ORDER + "evidence/", SEEN, slots=INSPECTED),
    Row("POST", ORDER + "evidence/", OWNERS, photo(5_000), slots=INSPECTED),
    Row("GET", "evidence/<id:evidence_id>/file/", SEEN, slots={"evidence_id": "file"}),
    Row("POST", "evidence/<id:evidence_id>/place/", OWNERS, {"point": 2}, slots={"evidence_id": "file"}),
    Row("POST", "evidence/<id:evidence_id>/remove/", OWNERS, {}, slots={"evidence_id": "file"}),
    Row("GET", ORDER + "contacts/", SEEN, slots=AWAITING),
    Row(
        "POST",
        ORDER + "contacts/",
        OWNERS,
        {"whom": "client", "channel": "phone", "outcome": "reached"},
        slots=AWAITING,
    ),
    # What the client decides, and the shipment.
    Row(
        "POST",
        ORDER + "client-decision/",
        OWNERS,
        {"decision": "declined", "reason_code": "price"},
        slots=AWAITING,
    ),
    Row("GET", ORDER + "logistics/", SEEN, slots=AWAITING),
    Row("POST", ORDER + "logistics/", OWNERS, {"seller_date": "2026-03-05"}, slots=AWAITING),
    Row("GET", ORDER + "tracking/", SEEN, slots=MOVING),
    Row("POST", ORDER + "tracking/", OWNERS, {"state": "moving"}, slots=MOVING),
    Row("GET", ORDER + "blockers/", SEEN, slots=AWAITING),
    Row(
        "POST",
        ORDER + "blockers/",
        OWNERS,
        {"kind": "papers", "text": "No passport", "owner": PERSON, "due_at": LATER},
        slots=AWAITING,
    ),
    Row(
        "POST",
        "blockers/<id:blocker_id>/resolve/",
        OWNERS,
        {"resolution": "It is here"},
        slots={"blocker_id": "blocker"},
    ),
    Row(
        "POST",
        "blockers/<id:blocker_id>/pass/",
        LEADS,
        {"owner": PERSON, "due_at": LATER, "reason": "why"},
        slots={"blocker_id": "blocker"},
    ),
    Row("GET", ORDER + "claims/", SEEN, slots=ARRIVED),
    Row("POST", ORDER + "claims/", OWNERS, {"kind": "other", "text": "A scratch"}, slots=ARRIVED),
    Row(
        "POST",
        "claims/<id:claim_id>/settle/",
        OWNERS,
        {"outcome": "unfounded", "resolution": "It was there"},
        slots={"claim_id": "claim"},
    ),
    # Money: of people only.
    Row(
        "POST",
        ORDER + "price/",
        OWNERS_MONEY,
        {"price": "118000.00", "currency": "RUB", "reason": "why"},
        slots=AWAITING,
    ),
    Row("GET", ORDER + "payments/", MONEY_SEEN, slots=AWAITING),
    Row(
        "POST",
        ORDER + "payments/",
        FINANCE_ONLY,
        {**MONEY, "paid_at": NOON, "document": "77"},
        slots=AWAITING,
    ),
    Row(
        "POST",
        "payments/<id:payment_id>/correct/",
        FINANCE_ONLY,
        {"reason": "why"},
        slots={"payment_id": "payment"},
    ),
    Row("GET", ORDER + "payouts/", MONEY_SEEN, slots=AWAITING),
    Row(
        "POST", ORDER + "payouts/", ASKED_MONEY, {**MONEY, "kind": "refund", "reason": "why"}, slots=AWAITING
    ),
    Row(
        "POST",
        ORDER + "payouts/",
        ASKED_MONEY,
        {**MONEY, "kind": "compensation", "reason": "why"},
        slots=AWAITING,
    ),
    Row("POST", ORDER + "money/keep/", LEADS_MONEY, {"reason": "why"}, done="wrong_stage", slots=AWAITING),
    Row(
        "POST",
        "payouts/<id:payout_id>/pay/",
        FINANCE_ONLY,
        {"document": "78", "paid_at": NOON},
        slots={"payout_id": "payout"},
    ),
    # Approvals: of people only; opinions: of AI-GRC only.
    Row("GET", ORDER + "approvals/", SEEN, slots=AWAITING),
    Row("POST", ORDER + "approvals/", ASKERS, {"route": "reinspect", "reason": "why"}, slots=AWAITING),
    Row(
        "POST",
        ORDER + "approvals/",
        _people_only(**{**NOBODY, "lead": "route_refused"}),
        {"route": "reject", "reason": "why"},
        slots=AWAITING,
    ),
    Row(
        "POST",
        "approvals/<id:approval_id>/decide/",
        DECIDERS,
        {"answer": "approve", "hash": HASH},
        slots={"approval_id": "approval"},
    ),
    Row(
        "POST",
        "approvals/<id:approval_id>/decide/",
        DECIDERS,
        {"answer": "decline", "hash": HASH, "reason": "why"},
        slots={"approval_id": "approval"},
    ),
    Row("POST", "approvals/<id:approval_id>/withdraw/", WITHDRAWERS, {}, slots={"approval_id": "approval"}),
    Row("GET", ORDER + "opinions/", SEEN, slots=AWAITING),
    Row("POST", ORDER + "opinions/", GRC_ONLY, {"verdict": "grounds", "text": "Stolen"}, slots=AWAITING),
    # The ladder.
    Row(
        "POST",
        ORDER + "escalation/acknowledge/",
        OWNERS_IF_SEEN,
        {},
        done="nothing_to_acknowledge",
        slots=AWAITING,
    ),
    Row(
        "POST",
        ORDER + "escalation/resolve/",
        LEADS_IF_SEEN,
        {"reason": "why"},
        done="already_resolved",
        slots=AWAITING,
    ),
    Row("POST", ORDER + "snooze/", LEADS_IF_SEEN, {"until": LATER, "why": "why"}, slots=AWAITING),
    Row("POST", ORDER + "unsnooze/", LEADS_IF_SEEN, {}, done="not_snoozed", slots=AWAITING),
)


@dataclass
class World:
    """One order in each stage, all Anna's, with something open of every kind; and a caller for each kind of key."""

    company: Company
    orders: Mapping[str, Order]
    rows: Mapping[str, int]
    filled: Mapping[object, object]
    """What stands for the places in bodies."""
    callers: Mapping[str, Caller]


def world(company: Company) -> World:
    anna = company.manager("Anna")
    orders = {
        "arrived": delivered(company, "D-1"),
        "moving": in_transit(company, "T-1"),
        "inspected": under_inspection(company, "I-1"),
        "awaiting": awaiting(company, "W-1"),
        "waiting": company.order("P-1"),
    }
    boris = company.manager("Boris")
    deal, arrived = orders["awaiting"], orders["arrived"]
    file = attach(company, orders["inspected"], 1, seed=4_000)
    decide(company, deal, "confirmed")
    pay(company, deal, document="paid")
    actor = owners(company, deal)
    task = task_add(
        order_id=deal.pk,
        title="Call",
        owner_id=anna.user_id,
        due_at=company.now + HOUR,
        actor=company.actor(company.lead),
        now=company.now,
    )
    blocker = blocker_open(
        order_id=deal.pk,
        kind="papers",
        text="No receipt",
        owner_id=anna.user_id,
        due_at=company.now + HOUR,
        actor=actor,
        now=company.now,
    )
    claim = claim_open(order_id=arrived.pk, kind="other", text="A scratch", actor=actor, now=company.now)
    payout = payout_ask(
        order_id=arrived.pk,
        kind="refund",
        amount=Payment.objects.get(order=arrived).amount,
        currency="RUB",
        reason="Not as described",
        actor=actor,
        now=company.now,
    )
    approval_decide(
        approval_id=payout.approval_id, answer="approve", actor=company.actor(company.lead), now=company.now
    )
    # The last of this order: what is decided is bound to its version.
    approval: Approval = ask(company, deal, "reinspect")
    company.commit()
    users = {
        "owner": anna.user,
        "stranger": boris.user,
        "lead": company.lead,
        "finance": finance(company),
        "observer": company.person("Viktor", OBSERVER),
        "decider": company.person("Darya", DECIDER),
    }
    callers = {name: agent(company, name, *scopes) for name, scopes in AGENTS.items()}
    callers |= {kind: person(company, user) for kind, user in users.items()}
    rows: dict[str, Evidence | Task | Blocker | Claim | Payout | Payment | Approval] = {
        "file": file,
        "task": task,
        "blocker": blocker,
        "claim": claim,
        "payout": payout,
        "payment": Payment.objects.get(order=deal),
        "approval": approval,
    }
    return World(
        company,
        orders,
        {name: row.pk for name, row in rows.items()},
        {PERSON: anna.user_id, ANOTHER: boris.user_id, HASH: approval.shown_hash},
        callers,
    )
