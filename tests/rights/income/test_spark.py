"""The same expression on Spark: to the last digit what DuckDB says."""

from __future__ import annotations

import shutil

import pytest

from rights.domain.dsr.sales import SALES
from rights.income.blocks import block_expression
from rights.income.sums import compiled, sales_expression
from tests.rights.income.reports import Sale, financial


@pytest.mark.parametrize("mark", [*SALES, "SU02"])
def test_the_expression_never_divides(mark):
    expression = sales_expression(mark) if mark in SALES else block_expression()
    for dialect in ("duckdb", "pyspark"):
        outside_patterns = "".join(compiled(expression, dialect).split("'")[::2])
        assert "/" not in outside_patterns
        assert "DOUBLE" not in outside_patterns.upper()


@pytest.mark.slow
# PySpark leaves the closing of its socket to the garbage collector.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_spark_and_duckdb_sum_the_same_file_to_the_same_digit(read, tmp_path):
    pyspark = pytest.importorskip("pyspark", reason="PySpark is not installed: pip install pyspark")
    if shutil.which("java") is None:
        pytest.skip("There is no Java, which Spark needs")
    sold = [
        Sale(isrc=f"QZTEN26000{n % 7:02}", net=f"{n - 50}.{n * 7919 % 10**9:010}")
        for n in range(200)
    ]
    found = read([*financial(sold), "nonsense"])
    session = (
        pyspark.sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    try:
        session.read.text(str(found.file.path)).withColumnRenamed(
            "value", "l"
        ).createOrReplaceTempView("lines")
        rows = session.sql(compiled(sales_expression("SR08"), "pyspark")).collect()
        assert sorted(tuple(row) for row in rows) == [tuple(row.values()) for row in found.groups]
    finally:
        session.stop()
