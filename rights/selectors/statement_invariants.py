"""What must always be true of statements and the ledger together, as questions without an answer.

``ledger_findings`` asks them every night and after every test of a flow.
"""

from __future__ import annotations

TABLES = ("rights_statement", "rights_statementline", "rights_statemententry")
TRIGGERS = frozenset(
    {
        "rights_disputechange_no_change",
        "rights_disputechange_no_truncate",
        "rights_dispute_no_change",
        "rights_dispute_no_truncate",
        "rights_statement_begins",
        "rights_statement_is_whole",
        "rights_statement_no_change",
        "rights_statement_no_truncate",
        "rights_statemententry_is_sealed",
        "rights_statemententry_no_change",
        "rights_statemententry_no_truncate",
        "rights_statementline_is_sealed",
        "rights_statementline_no_change",
        "rights_statementline_no_truncate",
    }
)

# What belongs to a statement of a payee: everything that took effect in its period or before, and
# what statements up to it posted, whenever that took effect.
_BALANCES = """
    SELECT statement.id, statement.number, statement.revision, statement.currency AS own,
           statement.contract_id, statement.closing, account.currency, sum(leg.amount) AS balance
      FROM rights_statement statement
      JOIN rights_ledgeraccount account ON account.subject = statement.party_id::text
       AND account.role IN ('payee_payable', 'payee_receivable')
      JOIN rights_leg leg ON leg.account_id = account.id
      JOIN rights_entry entry ON entry.id = leg.entry_id
      LEFT JOIN rights_statemententry posted ON posted.entry_id = entry.id
      LEFT JOIN rights_statement poster ON poster.id = posted.statement_id
     WHERE NOT EXISTS (SELECT FROM rights_statement later WHERE later.replaces_id = statement.id)
       AND CASE WHEN poster.id IS NULL THEN entry.effective_at < statement.ends_at
                ELSE poster.ends_at <= statement.ends_at END
     GROUP BY statement.id, account.currency
"""

SQL: dict[str, str] = {
    "every statement closes with what the books say": f"""
        WITH found AS ({_BALANCES})
        SELECT statement.number, statement.revision, statement.closing,
               coalesce(found.balance, 0) AS balance
          FROM rights_statement statement
          LEFT JOIN found ON found.id = statement.id AND found.currency = statement.currency
         WHERE statement.closing <> coalesce(found.balance, 0)
           AND NOT EXISTS (SELECT FROM rights_statement later WHERE later.replaces_id = statement.id)
         ORDER BY 1, 2
    """,  # noqa: S608 - our own text
    "a statement of a contract leaves nothing in another currency": f"""
        SELECT number, revision, currency, balance FROM ({_BALANCES}) found
         WHERE contract_id IS NOT NULL AND currency <> own AND balance <> 0 ORDER BY 1, 2, 3
    """,  # noqa: S608 - our own text
    "every statement opens with what the one before closed with": """
        SELECT mine.number, mine.revision, mine.opening, before.closing
          FROM rights_statement mine
          LEFT JOIN rights_statement before
            ON (before.party_id, before.currency, before.sequence)
             = (mine.party_id, mine.currency, mine.sequence - 1)
           AND NOT EXISTS (SELECT FROM rights_statement later WHERE later.replaces_id = before.id)
         WHERE mine.opening <> coalesce(before.closing, 0)
            OR (mine.sequence > 1 AND before.id IS NULL)
         ORDER BY 1, 2
    """,
    "the lines of every statement come to what it earned": """
        SELECT statement.number, statement.revision, statement.n_lines, count(line.id) AS found,
               statement.earned, coalesce(sum(line.paid), 0) AS lines_say
          FROM rights_statement statement
          LEFT JOIN rights_statementline line ON line.statement_id = statement.id
         GROUP BY statement.id
        HAVING count(line.id) <> statement.n_lines OR coalesce(sum(line.paid), 0) <> statement.earned
         ORDER BY 1, 2
    """,
    "every statement has the hash it is known by": """
        SELECT number, revision FROM rights_statement
         WHERE sha256 <> encode(sha256(convert_to(body, 'UTF8')), 'hex') ORDER BY 1, 2
    """,
    "the reserves of the last statements are what the books keep": """
        WITH last AS (
            SELECT DISTINCT ON (party_id, currency) party_id, currency, body::jsonb -> 'reserves' AS kept
              FROM rights_statement ORDER BY party_id, currency, sequence DESC, revision DESC
        ), said AS (
            SELECT party_id::text AS payee, currency,
                   (SELECT coalesce(sum((one ->> 'amount')::numeric), 0)
                      FROM jsonb_array_elements(kept) one) AS kept
              FROM last
        ), books AS (
            SELECT account.subject AS payee, account.currency, sum(leg.amount) AS balance
              FROM rights_ledgeraccount account JOIN rights_leg leg ON leg.account_id = account.id
             WHERE account.role = 'payee_reserve' AND EXISTS (
                   SELECT FROM rights_statement WHERE party_id::text = account.subject)
             GROUP BY account.id
        )
        SELECT payee, currency, coalesce(kept, 0) AS kept, coalesce(balance, 0) AS balance
          FROM said FULL JOIN books USING (payee, currency)
         WHERE coalesce(kept, 0) <> coalesce(balance, 0) ORDER BY 1, 2
    """,
}
