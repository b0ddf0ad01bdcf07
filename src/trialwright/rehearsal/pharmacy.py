"""The simulated pharmacy: lots are ordered before stock runs out, and used by first expiry."""

from datetime import date, timedelta
from decimal import Decimal

from trialwright.conduct import decide, dosing
from trialwright.conduct.events import LotReceived
from trialwright.conduct.model import Lot
from trialwright.rehearsal.population import rounded
from trialwright.rehearsal.stage import Stage

_SIGNIFICANT = 3  # digits that a lot's certificate gives


class Pharmacy:
    """Keeps enough released vials in stock for the next doses."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ordered = 0

    def order(self) -> None:
        """Receive a lot now; the qualified person releases it some days later."""
        stage = self._stage
        self._ordered += 1
        lot = self._lot(f"LOT-{self._ordered:02d}")
        sign = stage.cast.sign("pharmacist", "delivery with certificate")
        stage.service.act(sign, decide.receive_lot, lot)
        days = stage.assumptions.product.release_after_days
        stage.agenda.after(timedelta(days=days), lambda: self._release(lot.lot))

    def _release(self, lot: str) -> None:
        sign = self._stage.cast.sign("qualified_person", "certificate of analysis reviewed")
        self._stage.service.act(sign, decide.release_lot, lot)

    def _lot(self, name: str) -> LotReceived:
        stage, product = self._stage, self._stage.assumptions.product
        top = max(stage.protocol.amount(dose.level) for dose in stage.protocol.dose_levels)
        spread = float(stage.rng.lognormal(0.0, product.lot_spread))
        concentration = top / product.ml_per_kg_at_top * rounded(spread, 3)
        return LotReceived(
            lot=name,
            concentration=_certified(concentration),
            concentration_unit=f"{dosing.amount_unit(stage.protocol.dosing)}/mL",
            vial_volume_ml=product.vial_volume_ml,
            vials=product.vials_per_lot,
            expires=stage.agenda.today + timedelta(days=product.shelf_life_days),
        )

    def pick(self, level: int, weight_kg: Decimal) -> str | None:
        """Return the usable lot that expires first and has vials for a dose; None for none."""
        today = self._stage.agenda.today
        lots = sorted(self._stage.state.lots.values(), key=lambda lot: lot.received.expires)
        for lot in lots:
            if _usable(lot, today) and self._vials(lot, level, weight_kg) <= _left(lot):
                return lot.received.lot
        return None

    def _vials(self, lot: Lot, level: int, weight_kg: Decimal) -> int:
        return dosing.compute(self._stage.protocol, level, weight_kg, lot.received).vials

    def restock(self) -> None:
        """Order a lot when what will still be usable in two months is less than half a lot."""
        later = self._stage.agenda.today + timedelta(days=60)
        lots = self._stage.state.lots.values()
        coming = sum(_left(lot) for lot in lots if later < lot.received.expires)
        if 2 * coming < self._stage.assumptions.product.vials_per_lot:
            self.order()


def _usable(lot: Lot, on: date) -> bool:
    return lot.released and on < lot.received.expires


def _left(lot: Lot) -> int:
    return lot.received.vials - lot.used_vials


def _certified(concentration: Decimal) -> Decimal:
    """Round to the digits of a certificate, in plain notation: 3.98e10, not 39812345678.9."""
    exponent = concentration.adjusted() - _SIGNIFICANT + 1
    value = concentration.quantize(Decimal(1).scaleb(exponent))
    return value if exponent < 0 else value.quantize(Decimal(1))
