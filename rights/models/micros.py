"""The column of an amount: whole micro-units, as int in Python and numeric(38, 0) in the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from config.lib.money import whole

ST_contra = TypeVar("ST_contra", contravariant=True)
GT_co = TypeVar("GT_co", covariant=True)


class MicrosField(models.DecimalField[ST_contra, GT_co]):
    """A signed whole number of micro-units. A float, or anything else that is no int, raises."""

    # What the types of Django's fields are told by (django-stubs).
    _pyi_private_set_type: int
    _pyi_private_get_type: int  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 38, "decimal_places": 0}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what is always the same."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def from_db_value(self, value: Decimal | None, *_: Any) -> int | None:
        """Return what was stored, and sums of it, as int."""
        return None if value is None else int(value)

    def to_python(self, value: Any) -> Any:
        """Read fixtures and forms exactly."""
        return int(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Take ints only."""
        return value if value is None or hasattr(value, "resolve_expression") else whole(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Take ints only."""
        prepared = self.get_prep_value(value)
        return prepared if type(prepared) is not int else Decimal(prepared)
