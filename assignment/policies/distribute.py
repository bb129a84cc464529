"""Who gets which order: a whole wave at once, exactly and always in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assignment.policies.seats import Order, Seat, decimal_places, orders_of, seats_of, to_decimal
from assignment.policies.wave import Candidate, Pick, Wanted

__all__ = ["Candidate", "Pick", "Wanted", "distribute"]


def distribute(*, wanted: Sequence[Wanted], candidates: Sequence[Candidate]) -> tuple[Pick, ...]:
    """Give every order to the eligible manager who would be the least loaded with it; answers in `wanted`'s order.

    Eligible for an order is who is not excluded, not restricted for it, not earlier silent on it, has room
    (load + weight ≤ capacity, capacity above zero) and is below the cap of offers; who is in the last minutes
    of a shift only if nobody else is. Loaded means (load + weight) ÷ capacity, compared exactly. Ties: who got
    nothing in this wave before who did, then who waited longest, then the lower id. Orders take their turns by
    severity, then age, then id. The order of the arguments decides nothing but the order of the answer.

    When it ends:

    1. No order is left without a manager while somebody eligible for it has room.
    2. No order is with somebody whose shift is ending while another one eligible for it has room.
    3. No move of one order of this wave to another manager eligible for it would leave both less loaded than
       the giver is now. So no single move lowers the largest load, whichever managers it is taken over.
    4. In a shortage the most urgent orders have managers: who is left out, is left out because those before
       took the room. A less urgent order has a manager in its stead only if it is lighter or may go to
       somebody to whom the other may not. Orders already placed are not repacked to make room for a heavy one:
       the spread of the load comes before the tightest packing.

    Three kinds of steps lead there, over and over: an order without a manager gets one; an order leaves an
    ending shift for somebody else's; an order moves to a manager who will be less loaded with it than the giver
    was. It ends because every step lowers, in this order of rank: the number of orders without a manager (only
    the first kind changes it), the number of orders in ending shifts (only the second lowers it, the third
    keeps it), the list of all loads sorted downwards (the third replaces one load by a lower one, and a second
    one by something lower than the first was). There are finitely many ways to place a wave, and none is met
    twice.

    Raises ValueError for a repeated order or manager and for weights, loads or capacities that are negative or
    no numbers; TypeError for naive datetimes.
    """
    places = decimal_places(wanted, candidates)
    wave = _Wave(orders=orders_of(wanted, places), seats=seats_of(candidates, places))
    wave.settle()

    answers = {order.id: wave.pick(order, places) for order in wave.orders}
    return tuple(answers[order.order_id] for order in wanted)


@dataclass(slots=True)
class _Wave:
    """Orders by urgency, seats by id."""

    orders: list[Order]
    seats: list[Seat]
    steps: int = 0
    # The same few exclusions come again and again: each is kept once.
    exclusions: dict[tuple[tuple[int, str], ...], Mapping[int, str]] = field(default_factory=dict)

    def settle(self) -> None:
        changed = True
        while changed:
            changed = any([self.seat_waiting(), self.leave_ending_shifts(), self.level()])

    def seat_waiting(self) -> bool:
        """Whoever has no manager gets one, the most urgent first."""
        steps = self.steps
        hopeless = set()
        for order in self.orders:
            if order.seat is not None or order.kind in hopeless:
                continue
            choices, excluded = self.choices(order)
            if choices:
                seat, because = _least_loaded(choices, order)
                self.give(order, seat, excluded, because)
            else:
                # Room only shrinks in this round, so the next one of its kind need not ask again.
                hopeless.add(order.kind)
        return self.steps > steps

    def leave_ending_shifts(self) -> bool:
        """Orders leave ending shifts for somebody else's, where there is room by now; the most urgent first."""
        steps = self.steps
        for order in self.orders:
            if order.seat is None or not order.seat.ending:
                continue
            choices, excluded = self.choices(order)
            if choices and not choices[0].ending:
                seat, _ = _least_loaded(choices, order)
                self.give(order, seat, excluded, "rebalanced")
        return self.steps > steps

    def level(self) -> bool:
        """Orders move to whoever will be less loaded with them than the giver was; from the most loaded first."""
        steps = self.steps
        for giver in sorted(self.seats, key=lambda seat: (-seat.share(), seat.id)):
            while self.relieve(giver):
                pass
        return self.steps > steps

    def relieve(self, giver: Seat) -> bool:
        """One move from the giver: of its heaviest order that helps, among equals of the one given last."""
        hopeless = set()
        for order in sorted(giver.orders, key=lambda order: (order.weight, order.step), reverse=True):
            if not order.weight or order.kind in hopeless:
                continue
            if better := self.less_loaded_places(giver, order):
                _, excluded = self.choices(order)
                seat, _ = _least_loaded(better, order)
                self.give(order, seat, excluded, "rebalanced")
                return True
            hopeless.add(order.kind)
        return False

    def less_loaded_places(self, giver: Seat, order: Order) -> list[Seat]:
        # Most orders have nowhere better to be, and shares are quicker to compare than choices to find.
        share = giver.share()
        if not any(seat.share_with(order) < share for seat in self.seats):
            return []
        return [seat for seat in self.choices(order)[0] if seat.share_with(order) < share]

    def choices(self, order: Order) -> tuple[list[Seat], Mapping[int, str]]:
        """The seats where the order can be, and why it cannot be in the others.

        They are all of ending shifts or none is; the seat where the order is already counts like any other.
        """
        lasting: list[Seat] = []
        ending: list[Seat] = []
        excluded: list[tuple[int, str]] = []
        for seat in self.seats:
            if code := seat.refuses(order):
                excluded.append((seat.id, code))
            else:
                (ending if seat.ending else lasting).append(seat)

        if lasting:
            excluded += [(seat.id, "shift_ending") for seat in ending]
        return lasting or ending, self.kept(tuple(excluded))

    def kept(self, excluded: tuple[tuple[int, str], ...]) -> Mapping[int, str]:
        return self.exclusions.setdefault(excluded, dict(excluded))

    def give(self, order: Order, seat: Seat, excluded: Mapping[int, str], because: str) -> None:
        if order.seat is not None:
            order.seat.release(order)

        self.steps += 1
        order.seat, order.step, order.load_before, order.excluded = seat, self.steps, seat.load, excluded
        order.because = (because, "shift_ending_accepted") if seat.ending else (because,)
        seat.take(order)

    def pick(self, order: Order, places: int) -> Pick:
        if order.seat is None:
            _, excluded = self.choices(order)
            return Pick(order.id, None, Decimal(0), Decimal(0), excluded, ("nobody_eligible",))
        return Pick(
            order_id=order.id,
            manager_id=order.seat.id,
            load_before=to_decimal(order.load_before, places),
            load_after=to_decimal(order.load_before + order.weight, places),
            excluded=order.excluded,
            because=order.because,
        )


def _least_loaded(choices: Sequence[Seat], order: Order) -> tuple[Seat, str]:
    """The choice, and the code of what decided it."""
    if len(choices) == 1:
        return choices[0], "only_eligible"

    shares = [seat.share_with(order) for seat in choices]
    least = min(shares)
    equals = [seat for seat, share in zip(choices, shares, strict=True) if share == least]
    if len(equals) == 1:
        return equals[0], "least_loaded"

    longest = min(seat.waited for seat in equals)
    waited = [seat for seat in equals if seat.waited == longest]
    return waited[0], "waited_longest" if len(waited) == 1 else "lowest_id"
