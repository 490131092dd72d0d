"""What can stand in the way of exact shares, said so that its reader can act."""

from __future__ import annotations

from config.lib.errors import DomainError


class AttributionError(DomainError):
    """Shares cannot be given as asked."""


class NothingPossibleError(AttributionError):
    """The constraints leave no event at all."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "generation.mixture.nothing_possible",
            f"no note is left to choose from ({where}); nothing was written; try another seed",
        )


class QuotaInfeasibleError(AttributionError):
    """No assignment of sources to slots meets the shares; ``reasons`` says why, one by one."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(
            "generation.quota.infeasible",
            "the shares asked for cannot be met: " + "; ".join(reasons),
        )


class WeightsInvalidError(AttributionError):
    """Weights are negative, not finite, or all zero."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.weights.invalid",
            f"the weights cannot be used ({cause}); set each from 0 to 100 % and at least one above 0",
        )
