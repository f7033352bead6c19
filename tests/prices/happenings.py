"""What happens on the stage of prices: people order, haggle, decide and fall silent; files change; machines die."""

from decimal import Decimal

from tests.prices.play import Play
from tests.prices.reckoning import Reckoning, paisa
from tests.prices.world import AGRAWAL, FIRMS, JAIN, PODDAR, UNITS
from tests.scenarios.cast import RAMESH, SANJAY, SUNITA, SUSHMA, VIKAS
from tests.scenarios.stage import Bubble

RAJESH, ARVIND, CHANDRAKANT = "+919000049064", "+919000049078", "+919000049092"
"""Who approves at Pithampur, level by level."""
FINANCE = SUSHMA
APPROVERS = (RAJESH, ARVIND, CHANDRAKANT)
BUYERS = {RAMESH: AGRAWAL, SUNITA: JAIN, SANJAY: PODDAR}
COUNTER_OFFER = "price_counter"


class Happenings:
    """Everything that may happen, one method each."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.dealt_with: dict[str, Bubble] = {}

    def happens(self, name: str, **given: object) -> None:
        """Let one of them happen."""
        getattr(self, name)(**given)
        self.play.did[name] += 1

    # --- orders ---

    def orders(self, who: str, wanted: list[tuple[str, int, int]]) -> None:
        self._says(who, ", ".join(f"{quantity} {_unit(sku, place)} {sku}" for sku, quantity, place in wanted))

    def orders_at_a_price(self, who: str, sku: str, quantity: int, depth: str) -> None:
        self._says(who, f"{self._firm(who)}{quantity} case {sku} @ {self._price(who, sku, quantity, depth)}")

    def haggles(self, who: str, sku: str, quantity: int, depth: str, decision: int) -> None:
        """Asks for a price, hears of it, and says yes to what is shown then."""
        self.orders_at_a_price(who, sku, quantity, depth)
        for approver in APPROVERS:
            if self.play.latest(approver, "approve") is not self.dealt_with.get(approver):
                self._decides(approver, decision)
        if (offer := self.play.newest(who)) is not None and offer.row.kind == COUNTER_OFFER:
            self.play.taps(who, offer.titles[0], on=offer)
        self._says_yes(who)

    def nobody_decides(self, who: str, sku: str, quantity: int, depth: str) -> None:
        """Level after level lets it lie; then its sender takes what he is shown."""
        self.orders_at_a_price(who, sku, quantity, depth)
        for _ in range(4):
            self.play.passes(minutes=31)
        self._says_yes(who)

    def edits(self, who: str, quantity: int, place: int, sku: str, depth: str, how: int) -> None:
        price = self._price(who, sku, quantity, depth)
        self._says(
            who,
            (
                f"line 1 me {quantity} {_unit(sku, place)} kar do",
                f"line {place % 2 + 1} hata do",
                f"aur {quantity} {_unit(sku, place)} {sku}",
                f"rate {price} lagao",
                f"{depth}% aur do",
                "10+1 dena",
                f"line 1 me {quantity} box kar do",
                f"line 1 ka rate {price} lagao",
            )[how],
        )

    def confirms(self, who: str) -> None:
        self._says_yes(who)

    def types_yes(self, who: str, words: str) -> None:
        self.play.agrees(who, words)

    def confirms_something_old(self, who: str, age: int) -> None:
        bubbles = [bubble for bubble in self.play.seen[who] if "confirm" in bubble.acts]
        if len(bubbles) > age:
            self.play.taps(who, "confirm", on=bubbles[-age - 1])

    def taps_something(self, who: str, place: int) -> None:
        self._taps_any(who, place)

    def repeats(self, who: str) -> None:
        self._says(who, "same as last time")

    def changes_what_is_posted(self, who: str, quantity: int, line: int, cancels: bool) -> None:
        mine = [paper.number for paper in self.play.papers().orders if paper.customer == BUYERS[who]]
        if mine:
            wish = f"cancel order {mine[-1]}" if cancels else f"{mine[-1]} me line {line} {quantity} case kar do"
            self._says(who, wish)
            self._says_yes(who)

    # --- who decides ---

    def decides(self, who: str, decision: int) -> None:
        self._decides(who, decision)

    def types_a_decision(self, who: str, words: str) -> None:
        bubble = self.play.newest(who)
        if bubble is not None and "ok" in words:
            self.play.agrees(who, words)
        else:
            self._says(who, words)

    def finance_decides(self, place: int) -> None:
        self._taps_any(FINANCE, place)

    # --- time, files, accidents ---

    def time_passes(self, minutes: int) -> None:
        self.play.passes(minutes=minutes)

    def a_night_passes(self) -> None:
        here = self.play.stage.clock.now()
        self.play.passes(hours=24 - here.hour % 24 + 4)

    def files_change(self, change: object, sku: str) -> None:
        assert callable(change)
        if change(self.play.plant, sku, self.play.stage.clock.now().date()):
            self.play.pulls()

    def the_provider_repeats_itself(self) -> None:
        if self.play.last_sid:
            self.play.again()

    def the_last_job_runs_again(self) -> None:
        if self.play.last_sid:
            self.play.heard_again()

    def crashes_at_the_yes(self, who: str, crash: tuple[str, bool]) -> None:
        place, after = crash
        if self.play.latest(who, "confirm") is None:
            return
        with self.play.crashes_in(place, after=after):
            self._says_yes(who)

    # --- how ---

    def _says(self, who: str, words: str) -> None:
        self.play.says(who, words)

    def _says_yes(self, who: str) -> None:
        if self.play.latest(who, "confirm") is not None:
            self.play.taps(who, "confirm")
        newest = self.play.newest(who)
        if newest is not None and newest.row.kind == "same_order":
            self.play.taps(who, "confirm", on=newest)

    def _taps_any(self, who: str, place: int) -> None:
        bubble = self.play.newest(who)
        if bubble is not None:
            entry = bubble.entries[place % len(bubble.entries)]
            self.play.taps(who, entry["title"], on=bubble)
            self.play.did[f"tapped {entry['payload'].partition(':')[0]}"] += 1

    def _decides(self, who: str, decision: int) -> None:
        """Mostly agrees; sometimes names another price, or declines for a reason."""
        bubble = self.play.latest(who, "approve")
        if bubble is None:
            return
        self.dealt_with[who] = bubble
        if decision < 6:
            self.play.taps(who, "approve", on=bubble)
            self.play.did["approve"] += 1
        elif decision < 8:
            self.play.counters(who, bubble)
        else:
            self.play.taps(who, "reject", on=bubble)
            self._taps_any(who, decision - 8)
            self.play.did["reject"] += 1

    def _firm(self, who: str) -> str:
        return f"{FIRMS[AGRAWAL]}: " if who == VIKAS else ""

    def _price(self, who: str, sku: str, quantity: int, depth: str) -> Decimal:
        customer = BUYERS.get(who, AGRAWAL)
        now = self.play.stage.clock.now()
        found = Reckoning(book=self.play.library.at(now), customer=customer, day=now.date(), plant="PTH")
        listed = found.listed(sku, "CASE", Decimal(quantity))
        assert listed is not None
        return paisa(listed.price * (1 - Decimal(depth) / 100))


def _unit(sku: str, place: int) -> str:
    return UNITS[sku][place % len(UNITS[sku])].lower()
