"""DuckDB computes all lines again, on its own file: `portal bench accrual` runs it and says "go" before each round.

Reads tiers.csv, deals.csv and lines.csv of the folder given, prints "ready", and for each "go": lines, differing lines, and the sum of what is stored.
"""

import sys

import duckdb

FOLDER = sys.argv[1]
# Amounts are counted in 360ths of a minor unit, commissions in millionths of those.
COMPARE = """
WITH won AS (
    SELECT deal, partner, plan, won_on, value_minor * (360 // period) AS base FROM deals
), standing AS (
    SELECT deal, plan, base, CAST(COALESCE(SUM(base) OVER (
        PARTITION BY partner ORDER BY won_on, deal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS all_before,
        partner, won_on
    FROM won
), expired AS (
    SELECT later.deal, CAST(SUM(earlier.base) AS BIGINT) AS base
    FROM won AS later JOIN won AS earlier ON earlier.partner = later.partner AND earlier.won_on <= later.won_on - INTERVAL 12 MONTH
    GROUP BY later.deal
), monthly AS (
    SELECT standing.deal, CAST(SUM(tiers.ppm * GREATEST(0,
        LEAST(COALESCE(tiers.ends * 360, stood + standing.base), stood + standing.base) - GREATEST(tiers.begins * 360, stood))) AS BIGINT) AS part
    FROM (SELECT standing.*, all_before - COALESCE(expired.base, 0) AS stood FROM standing LEFT JOIN expired USING (deal)) AS standing
    JOIN tiers ON tiers.plan = standing.plan
    GROUP BY standing.deal
), sums AS (
    SELECT amount_minor, part * k AS below, part * (k + 1) AS through FROM lines JOIN monthly USING (deal)
), computed AS (
    SELECT amount_minor,
        through // 360000000 + CASE WHEN through % 360000000 > 180000000
            OR (through % 360000000 = 180000000 AND (through // 360000000) % 2 = 1) THEN 1 ELSE 0 END
        - below // 360000000 - CASE WHEN below % 360000000 > 180000000
            OR (below % 360000000 = 180000000 AND (below // 360000000) % 2 = 1) THEN 1 ELSE 0 END AS computed_minor
    FROM sums
)
SELECT COUNT(*), COUNT(*) FILTER (computed_minor <> amount_minor), CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM computed
"""

database = duckdb.connect(f"{FOLDER}/duck.db", config={"threads": 2})
database.execute(
    f"CREATE TABLE tiers AS SELECT * FROM read_csv('{FOLDER}/tiers.csv', header=false,"
    " columns={'plan': 'INTEGER', 'begins': 'BIGINT', 'ends': 'BIGINT', 'ppm': 'BIGINT'})"
)
database.execute(
    f"CREATE TABLE deals AS SELECT * FROM read_csv('{FOLDER}/deals.csv', header=false, columns={{'deal': 'INTEGER',"
    " 'partner': 'INTEGER', 'plan': 'INTEGER', 'won_on': 'DATE', 'value_minor': 'BIGINT', 'period': 'INTEGER'})"
)
database.execute(
    f"CREATE TABLE lines AS SELECT * FROM read_csv('{FOLDER}/lines.csv', header=false,"
    " columns={'deal': 'INTEGER', 'k': 'INTEGER', 'amount_minor': 'BIGINT'})"
)
database.execute("CHECKPOINT")
print("ready", duckdb.__version__, flush=True)
for _ in sys.stdin:
    print(*database.execute(COMPARE).fetchone(), flush=True)
