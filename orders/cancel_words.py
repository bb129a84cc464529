"""Why an order is called off because of its client, as whoever reads its history needs it."""

from django.utils.translation import gettext as _

from orders.gate import RouteData
from orders.models import ClientDecision, ClientSaid
from orders.selectors.deals import Deal
from orders.statuses import CancelReason

REASON_AT_MOST = 1000


def cancelled_by_client(deal: Deal) -> RouteData:
    """What the gate wants to know: the client declined, and why; or they never said anything that counts."""
    last = ClientDecision.objects.filter(pk=deal.decision_id).first() if deal.decision_id else None
    if last is None or last.decision != ClientSaid.DECLINED:
        return RouteData(reason=_("The client never decided"), reason_code=CancelReason.UNDECIDED)
    why = " ".join(last.text.split()) or str(last.get_reason_code_display())
    reason = _("The client declined: %(why)s") % {"why": why}
    return RouteData(reason=reason[:REASON_AT_MOST], reason_code=CancelReason.CLIENT_REFUSED)
