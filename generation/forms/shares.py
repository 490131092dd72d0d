"""How much each of the ten is to give, in percent of the new song: together exactly 67."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.constants import REFERENCES_PPM
from rights.domain.allocation import allocate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PPM_PER_POINT = 10_000
MOST = Decimal(REFERENCES_PPM) / PPM_PER_POINT


class SharesForm(forms.Form):
    """A number of points and a lock for each song, by its number in the set.

    Points are percents of the whole song with four decimals, so they are whole parts per million;
    an empty field counts as zero.
    """

    def __init__(self, numbers: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = tuple(numbers)
        for number in self.numbers:
            self.fields[f"share-{number}"] = forms.DecimalField(
                min_value=0, max_value=MOST, max_digits=6, decimal_places=4, required=False
            )
            self.fields[f"lock-{number}"] = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any] | None:
        """Refuse shares that cannot be read, and those that are not 67 % together."""
        data = super().clean() or self.cleaned_data
        if wrong := [n for n in self.numbers if f"share-{n}" in self.errors]:
            text = _("Write a number from 0 to 67 as the influence of song %(songs)s.")
            raise forms.ValidationError(text, params={"songs": ", ".join(map(str, wrong))})
        total = sum(self.points().values())
        if total != REFERENCES_PPM:
            text = _(
                "Together the ten songs have %(total)s %%, and it must be 67 %%. "
                "Press “Balance” and the songs that are not locked are scaled to it."
            )
            raise forms.ValidationError(text, params={"total": points_text(total)})
        return data

    def points(self) -> dict[int, int]:
        """Return the shares in parts per million of the whole song, as far as they could be read."""
        return {
            number: int((self.cleaned_data.get(f"share-{number}") or Decimal(0)) * PPM_PER_POINT)
            for number in self.numbers
        }

    def locked(self) -> frozenset[int]:
        """Return the numbers of the songs that balancing leaves alone."""
        return frozenset(n for n in self.numbers if self.cleaned_data.get(f"lock-{n}"))


def balanced(
    points: Mapping[int, int], locked: frozenset[int], *, equal: bool = False
) -> dict[int, int]:
    """Return shares that are 67 % together to the last millionth; those that are locked stay.

    The others are scaled, or made ``equal``. Where the locked ones leave no room, or leave some
    that nobody else can take, they are scaled as well.
    """
    free = {n: (1 if equal else held) for n, held in points.items() if n not in locked}
    fixed = {n: held for n, held in points.items() if n in locked}
    rest = REFERENCES_PPM - sum(fixed.values())
    if rest < 0 or (rest and not free):
        weights = dict(points) if any(points.values()) else dict.fromkeys(points, 1)
        return dict(allocate(REFERENCES_PPM, weights).amounts)
    if free and not any(free.values()):
        free = dict.fromkeys(free, 1)
    return {**fixed, **allocate(rest, free).amounts} if free else fixed


def points_text(ppm: int) -> str:
    """Return parts per million in percent as a field holds them: "6.7", without needless zeros."""
    whole, part = divmod(ppm, PPM_PER_POINT)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".")
