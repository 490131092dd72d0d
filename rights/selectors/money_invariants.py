"""What must be true between the ledger and the rows that say why money moved, each as one question.

Reports, runs, releases and payouts say what they moved; the ledger says what was moved.
Each question compares the two to the micro-unit, and its answer should be no rows.
"""

from __future__ import annotations

from collections.abc import Mapping

GUARDS = frozenset(
    {
        "rights_claim_is_kept",
        "rights_claimchange_no_change",
        "rights_claimevidence_no_change",
        "rights_claimrelease_fits",
        "rights_claimrelease_no_change",
        "rights_claimrelease_no_truncate",
        "rights_contractterms_stay",
        "rights_incomefile_is_kept",
        "rights_incomegroup_is_kept",
        "rights_royaltyrun_moves_forward",
        "rights_runshare_added",
        "rights_runshare_no_change",
        "rights_runshare_taken",
        "rights_splitsheet_makes_a_whole",
        "rights_splitsheet_no_change",
        "rights_splitsheetsource_is_sealed",
        "rights_splitsheetsource_no_change",
    }
)
"""The triggers of the tables that say why money moved; those of the ledger are its own."""

# A run of more shares than these is not hashed again: its text would not fit into one value.
HASHED_MOST = 1_000_000

# Entries are found by their keys, which begin with what made them.
_REPORTS = """
WITH said AS (SELECT grp.file_id::text AS file, grp.currency, sum(grp.micros) AS micros
                FROM rights_incomegroup grp JOIN rights_incomefile file ON file.id = grp.file_id
               WHERE file.state IN ('posted', 'reversed') AND grp.match = 'matched'
               GROUP BY 1, 2),
     booked AS (SELECT entry.facts->>'file' AS file, leg.currency, -sum(leg.amount) AS micros
                  FROM rights_entry entry JOIN rights_leg leg ON leg.entry_id = entry.id
                  JOIN rights_ledgeraccount account ON account.id = leg.account_id
                 WHERE entry.kind = 'income_accrued' AND entry.facts ? 'file'
                   AND account.role = 'distributor_receivable'
                 GROUP BY 1, 2)
SELECT file, currency, said.micros AS reported, booked.micros AS booked
  FROM said FULL JOIN booked USING (file, currency)
 WHERE coalesce(said.micros, 0) <> coalesce(booked.micros, 0) ORDER BY 1, 2
"""
_REVERSED = """
SELECT file.id AS file, file.state, entry.id AS entry_id
  FROM rights_incomefile file
  JOIN rights_entry entry ON entry.kind = 'income_accrued' AND entry.facts->>'file' = file.id::text
  LEFT JOIN rights_entry undone ON undone.reverses_id = entry.id
 WHERE (file.state = 'reversed') <> (undone.id IS NOT NULL) ORDER BY 1, 3
"""
_RUNS = """
WITH said AS (SELECT run.id::text AS run, share.currency,
                     coalesce('payee:' || share.party_id, 'held:' || coalesce(recording.isrc, '')) AS whose,
                     sum(share.amount) AS micros
                FROM rights_runshare share JOIN rights_royaltyrun run ON run.id = share.run_id
                LEFT JOIN rights_recording recording ON recording.id = share.recording_id
               WHERE run.state IN ('locked', 'published') GROUP BY 1, 2, 3),
     booked AS (SELECT entry.facts->>'run' AS run, leg.currency,
                       CASE WHEN account.role LIKE 'payee!_%%' ESCAPE '!' THEN 'payee:' ELSE 'held:' END
                       || account.subject AS whose,
                       sum(leg.amount) AS micros
                  FROM rights_entry entry JOIN rights_leg leg ON leg.entry_id = entry.id
                  JOIN rights_ledgeraccount account ON account.id = leg.account_id
                 WHERE entry.kind = 'allocation' AND entry.facts ? 'run'
                   AND account.role NOT IN ('pool_inputs_clearing', 'pool_base_clearing')
                 GROUP BY 1, 2, 3)
SELECT run, currency, whose, said.micros AS divided, booked.micros AS booked
  FROM said FULL JOIN booked USING (run, currency, whose)
 WHERE coalesce(said.micros, 0) <> coalesce(booked.micros, 0) ORDER BY 1, 2, 3
"""
_HASHES = """
SELECT run.period, run.result_sha256 AS approved
  FROM rights_royaltyrun run
 WHERE run.state IN ('approved', 'locked', 'published')
   AND (SELECT count(*) FROM rights_runshare share WHERE share.run_id = run.id) <= %(hashed)s
   AND run.result_sha256 <> (
       SELECT encode(sha256(convert_to(coalesce(string_agg(line, '' ORDER BY line COLLATE "C"), ''), 'UTF8')), 'hex')
         FROM (SELECT concat_ws(chr(9), share.pool, coalesce(share.group_id, 0),
                                coalesce(share.recording_id::text, ''), coalesce(share.party_id::text, ''),
                                share.currency, share.weight, share.share_ppm, share.amount) || chr(10) AS line
                 FROM rights_runshare share WHERE share.run_id = run.id) lines)
 ORDER BY 1
"""
_RELEASES = """
WITH said AS (SELECT release.entry_id, sum(release.amount) AS micros
                FROM rights_claimrelease release WHERE release.entry_id IS NOT NULL GROUP BY 1),
     booked AS (SELECT leg.entry_id, sum(leg.amount) AS micros
                  FROM rights_entry entry JOIN rights_leg leg ON leg.entry_id = entry.id
                  JOIN rights_ledgeraccount account ON account.id = leg.account_id
                 WHERE entry.kind = 'claim_activated' AND entry.facts ? 'claim'
                   AND account.role LIKE 'payee!_%%' ESCAPE '!'
                 GROUP BY 1)
SELECT entry_id, said.micros AS released, booked.micros AS booked
  FROM said FULL JOIN booked USING (entry_id)
 WHERE coalesce(said.micros, 0) <> coalesce(booked.micros, 0) ORDER BY 1
"""
_HELD = """
SELECT share_id, share.amount AS held, sum(release.amount) AS released, sum(release.share_ppm) AS ppm
  FROM rights_claimrelease release JOIN rights_runshare share ON share.id = release.share_id
 GROUP BY share_id, share.amount, share.share_ppm, share.party_id
HAVING share.party_id IS NOT NULL OR sum(release.share_ppm) > share.share_ppm
    OR abs(sum(release.amount)) > abs(share.amount) ORDER BY 1
"""
_PAYOUTS = """
WITH said AS (SELECT payout.id::text AS payout, payout.currency,
                     sum(CASE WHEN payout.state IN ('reserved', 'sending', 'sent', 'paid', 'reversed')
                              THEN payout.amount - payout.reversed ELSE 0 END) AS taken,
                     sum(CASE WHEN payout.state IN ('paid', 'reversed')
                              THEN payout.amount - payout.reversed ELSE 0 END) AS sent
                FROM rights_payout payout GROUP BY 1, 2),
     entry AS (SELECT entry.id, coalesce(entry.facts->>'payout', first.facts->>'payout') AS payout
                 FROM rights_entry entry LEFT JOIN rights_entry first ON first.id = entry.reverses_id
                WHERE entry.facts ? 'payout' OR first.facts ? 'payout'),
     booked AS (SELECT entry.payout, leg.currency,
                       -sum(leg.amount) FILTER (WHERE account.role LIKE 'payee!_%%' ESCAPE '!') AS taken,
                       sum(leg.amount) FILTER (WHERE account.role = 'stripe_balance') AS sent
                  FROM entry JOIN rights_leg leg ON leg.entry_id = entry.id
                  JOIN rights_ledgeraccount account ON account.id = leg.account_id
                 GROUP BY 1, 2)
SELECT payout, currency, said.taken, booked.taken AS booked_taken, said.sent, booked.sent AS booked_sent
  FROM said FULL JOIN booked USING (payout, currency)
 WHERE coalesce(said.taken, 0) <> coalesce(booked.taken, 0)
    OR coalesce(said.sent, 0) <> coalesce(booked.sent, 0) ORDER BY 1, 2
"""
_IN_TRANSIT = """
WITH said AS (SELECT currency, sum(amount) AS micros FROM rights_payout
               WHERE state IN ('reserved', 'sending', 'sent') GROUP BY 1),
     booked AS (SELECT leg.currency, sum(leg.amount) AS micros
                  FROM rights_leg leg JOIN rights_ledgeraccount account ON account.id = leg.account_id
                 WHERE account.role = 'in_transit'
                   AND EXISTS (SELECT FROM rights_payout) GROUP BY 1)
SELECT currency, said.micros AS on_the_way, booked.micros AS booked
  FROM said FULL JOIN booked USING (currency)
 WHERE coalesce(said.micros, 0) <> coalesce(booked.micros, 0) ORDER BY 1
"""
MONEY: Mapping[str, str] = {
    "every posted report is in the books, and no other": _REPORTS,
    "a report is reversed in the books when it says so": _REVERSED,
    "every locked run is in the books, share by share": _RUNS,
    "every approved run has the shares that were approved": _HASHES,
    "every release of held money is in the books": _RELEASES,
    "nothing is released that was not held": _HELD,
    "every payout is in the books as far as it went": _PAYOUTS,
    "what is in transit is on its way": _IN_TRANSIT,
}
