"""Rows of the rights app."""

from __future__ import annotations

from rights.models.catalogue_import import ImportRow, ImportRun
from rights.models.claim import ClaimChange, ClaimEvidence, RightsClaim
from rights.models.claim_release import ClaimRelease
from rights.models.consent import Consent, ConsentQuerySet
from rights.models.contract import Contract, ContractTerms
from rights.models.exchange_rate import ExchangeRate
from rights.models.fingerprint import RecordingFingerprint
from rights.models.import_audio import ImportAudio
from rights.models.income import IncomeConcern, IncomeFault, IncomeFile, IncomeGroup
from rights.models.income_mapping import IncomeMapping
from rights.models.ledger import Entry, LedgerAccount, Leg, PeriodLock
from rights.models.match import (
    Match,
    MatchCandidate,
    MatchChange,
    MatchEvidence,
    RecognitionAnswer,
)
from rights.models.outside import OutsideAnswer, OutsideService
from rights.models.party import Party
from rights.models.payee_account import PayeeAccount, PayeeHold
from rights.models.payout import Payout, PayoutBatch, PayoutChange
from rights.models.payout_events import PayoutReconciliation, ProviderEvent
from rights.models.recording import CatalogueListing, OwnerHint, Recording, RecordingFact
from rights.models.royalty_run import RoyaltyRun, RunShare
from rights.models.song_set import SongSet, SongSetEntry
from rights.models.split_sheet import (
    BaseCatalogue,
    BaseCatalogueWeight,
    SplitSheet,
    SplitSheetSource,
)
from rights.models.statement import (
    Statement,
    StatementBatch,
    StatementDocument,
    StatementEntry,
    StatementLine,
)
from rights.models.statement_dispute import DisputeChange, StatementDispute
from rights.models.storefront import OrganisationStorefront

from rights.models import history  # isort: skip  # tracks the models above

__all__ = [
    "BaseCatalogue",
    "BaseCatalogueWeight",
    "CatalogueListing",
    "ClaimChange",
    "ClaimEvidence",
    "ClaimRelease",
    "Consent",
    "ConsentQuerySet",
    "Contract",
    "ContractTerms",
    "DisputeChange",
    "Entry",
    "ExchangeRate",
    "ImportAudio",
    "ImportRow",
    "ImportRun",
    "IncomeConcern",
    "IncomeFault",
    "IncomeFile",
    "IncomeGroup",
    "IncomeMapping",
    "LedgerAccount",
    "Leg",
    "Match",
    "MatchCandidate",
    "MatchChange",
    "MatchEvidence",
    "OrganisationStorefront",
    "OutsideAnswer",
    "OutsideService",
    "OwnerHint",
    "Party",
    "PayeeAccount",
    "PayeeHold",
    "Payout",
    "PayoutBatch",
    "PayoutChange",
    "PayoutReconciliation",
    "PeriodLock",
    "ProviderEvent",
    "RecognitionAnswer",
    "Recording",
    "RecordingFact",
    "RecordingFingerprint",
    "RightsClaim",
    "RoyaltyRun",
    "RunShare",
    "SongSet",
    "SongSetEntry",
    "SplitSheet",
    "SplitSheetSource",
    "Statement",
    "StatementBatch",
    "StatementDispute",
    "StatementDocument",
    "StatementEntry",
    "StatementLine",
    "history",
]
