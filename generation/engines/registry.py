"""Which engines there are: a card and a dotted path each, so that listing them imports nothing.

Adding one touches this file and its adapter: docs/how-to/add-an-engine.md.
"""

from __future__ import annotations

from importlib import import_module

from generation.attribution.policy import POLICY_V1
from generation.engines.base import Engine, EngineCard
from generation.engines.edits import EDITS
from generation.engines.errors import EngineUnknownError

MOSAIC = EngineCard(
    key="mosaic",
    name="Mosaic",
    revision="3",
    code_licence="Tenfold",
    weights_licence="none; patterns and units stand in the base model",
    commercial_use="yes",
    training_catalogue="base model named by the song",
    policy=POLICY_V1.version,
    edits=frozenset(EDITS),
)

DEFAULT = MOSAIC.key

_ENGINES: dict[str, tuple[EngineCard, str]] = {
    MOSAIC.key: (MOSAIC, "generation.engines.mosaic:MosaicEngine"),
}


def cards() -> tuple[EngineCard, ...]:
    """Return the cards of all engines, in order of their keys."""
    return tuple(card for _key, (card, _path) in sorted(_ENGINES.items()))


def card_of(key: str) -> EngineCard:
    """Return the card of one engine; raises :class:`EngineUnknownError`."""
    return _entry(key)[0]


def load(key: str) -> Engine:
    """Import the engine and return it; only the child process of a job does.

    Raises
    ------
    EngineUnknownError
        If there is none of that name.
    """
    card, path = _entry(key)
    module, _, name = path.partition(":")
    engine: Engine = getattr(import_module(module), name)(card)
    return engine


def _entry(key: str) -> tuple[EngineCard, str]:
    try:
        return _ENGINES[key]
    except KeyError:
        raise EngineUnknownError(key) from None
