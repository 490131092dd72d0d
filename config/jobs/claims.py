"""The only SQL that moves a job from one state to another.

``attempt`` is the fencing token: it grows with every claim, and every later statement names the
value it was given. No row back means that the lease was lost: stop, and write nothing. Time is
``clock_timestamp()``, because ``now()`` stands still inside a transaction, and only the
database's clock counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

# ---------------------------------------------------------------- taking work

# The next job of a queue: the tenant with the fewest running jobs first, then the oldest.
NEXT = """
SELECT job.id
  FROM jobs_job job
 WHERE job.queue = %(queue)s AND job.state = 'queued' AND NOT job.cancel_requested
   AND job.attempt < job.max_attempts
   AND (job.not_before IS NULL OR job.not_before <= clock_timestamp())
 ORDER BY (SELECT count(*) FROM jobs_job busy
            WHERE busy.state = 'running' AND busy.queue = job.queue
              AND busy.tenant IS NOT DISTINCT FROM job.tenant), job.id
 LIMIT 1
   FOR UPDATE OF job SKIP LOCKED
"""
# Counts the attempt before the work begins, so that crashes count.
CLAIM = """
UPDATE jobs_job
   SET state = 'running', attempt = attempt + 1, owner = %(owner)s,
       lease_until = clock_timestamp() + %(lease_s)s * interval '1 s',
       started_at = coalesce(started_at, clock_timestamp()), error = '', error_code = ''
 WHERE id = %(id)s AND NOT cancel_requested AND attempt < max_attempts
   AND (not_before IS NULL OR not_before <= clock_timestamp())
   AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
RETURNING attempt, kind
"""

# ---------------------------------------------------------------- while it runs

BEAT = """
UPDATE jobs_job SET lease_until = clock_timestamp() + %(lease_s)s * interval '1 s'
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
RETURNING cancel_requested
"""
# The first statement of every transaction that writes for the job.
HOLD = """
SELECT id FROM jobs_job
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' FOR UPDATE
"""
# Progress never goes back, not even when a later attempt starts again from the first stage.
ADVANCE = """
UPDATE jobs_job
   SET progress_ppm = greatest(progress_ppm, %(ppm)s), step = coalesce(%(step)s, step)
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
RETURNING id
"""

# ---------------------------------------------------------------- ending

# In the same transaction as the effect.
SUCCEED = """
UPDATE jobs_job
   SET state = 'succeeded', lease_until = NULL, finished_at = clock_timestamp(),
       progress_ppm = 1000000, result = %(result)s::jsonb
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
RETURNING id
"""
# Asked by the parent when a beat finds no running job: was it this very attempt that succeeded?
SUCCEEDED = """
SELECT id FROM jobs_job
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'succeeded'
"""
# The parent, after it has killed the child.
CANCELLED = """
UPDATE jobs_job SET state = 'cancelled', lease_until = NULL, finished_at = clock_timestamp()
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
RETURNING id
"""
# After a failure: wait a little and try again, unless asked to stop or all attempts are used.
RELEASE = """
UPDATE jobs_job
   SET state = ending.state, lease_until = NULL, rung_at = NULL,
       error = %(error)s, error_code = %(error_code)s,
       not_before = CASE WHEN ending.state = 'queued'
                         THEN clock_timestamp() + %(wait_s)s * interval '1 s' END,
       finished_at = CASE WHEN ending.state <> 'queued' THEN clock_timestamp() END
  FROM (SELECT id, CASE WHEN cancel_requested THEN 'cancelled'
                        WHEN attempt >= max_attempts OR %(is_final)s THEN 'failed'
                        ELSE 'queued' END AS state
          FROM jobs_job WHERE id = %(id)s FOR UPDATE) ending
 WHERE jobs_job.id = ending.id AND attempt = %(attempt)s AND jobs_job.state = 'running'
RETURNING jobs_job.state
"""
# A person asks: a waiting job ends at once, a running one at its next beat.
CANCEL = """
UPDATE jobs_job
   SET cancel_requested = true,
       state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
       finished_at = CASE WHEN state = 'queued' THEN clock_timestamp() END
 WHERE id = %(id)s AND state IN ('queued', 'running')
RETURNING state
"""

# ---------------------------------------------------------------- the reaper, one transaction

REAP_CANCELLED = """
UPDATE jobs_job SET state = 'cancelled', lease_until = NULL, finished_at = clock_timestamp()
 WHERE cancel_requested
   AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
RETURNING id
"""
REAP_FAILED = """
UPDATE jobs_job
   SET state = 'failed', lease_until = NULL, finished_at = clock_timestamp(),
       error = %(error)s, error_code = %(error_code)s
 WHERE state = 'running' AND lease_until < clock_timestamp() AND attempt >= max_attempts
RETURNING id
"""
REAP_QUEUED = """
UPDATE jobs_job
   SET state = 'queued', lease_until = NULL, rung_at = NULL,
       error = %(error)s, error_code = %(error_code)s
 WHERE state = 'running' AND lease_until < clock_timestamp()
RETURNING id
"""
# Waiting, due, and not rung for lately: the doorbell was lost, or is none yet for this attempt.
UNRUNG = """
SELECT id, queue FROM jobs_job
 WHERE state = 'queued' AND (not_before IS NULL OR not_before <= clock_timestamp())
   AND (rung_at IS NULL OR rung_at < clock_timestamp() - %(rering_s)s * interval '1 s')
 ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
"""
DUE = """
SELECT count(*) FROM jobs_job
 WHERE queue = %(queue)s AND state = 'queued'
   AND (not_before IS NULL OR not_before <= clock_timestamp())
"""
RUNG = (
    "UPDATE jobs_job SET rung_at = clock_timestamp() WHERE id = ANY(%(ids)s) AND state = 'queued'"
)
# After a cluster was restarted: its prefetched doorbells are gone, so ring again at once.
FORGET_BELLS = "UPDATE jobs_job SET rung_at = NULL WHERE queue = %(queue)s AND state = 'queued'"


def one(statement: str, **values: Any) -> tuple[Any, ...] | None:
    """Run ``statement`` and return its first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def every(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run ``statement`` and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def run(statement: str, values: dict[str, Any] | Sequence[Any]) -> int:
    """Run ``statement`` and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
