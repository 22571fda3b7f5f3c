#!/usr/bin/env python3
"""The questions of the span-level benchmarks, put to SQL engines over the same corpus.

  baselines.py CORPUS [--repeat 7]      CORPUS: a folder that corpus.py made

Prints the processor time of this process a query, in milliseconds, the least of some repetitions, and
checks every answer of a corpus of 1,000,448 spans. DuckDB and ClickHouse (chdb) are measured where they
are installed, on one thread; SQLite, with an index on each column asked for, always. Not measured:
getting the spans in.
"""
import argparse, glob, sqlite3, statistics, sys, time
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

COLUMNS = "start BIGINT, duration BIGINT, error INTEGER, tenant TEXT, user_id TEXT, prompt TEXT, trace TEXT, kind INTEGER, collection TEXT"
KEYS = ("tenant.id", "user.id", "gen_ai.prompt.preview", "vector.collection")
GOLDEN = {"slow": 1_617, "count": 20_312, "sum": 9_758_429_535_032, "user": 151, "errors": 4_181, "prompt": 3_406}
QUERIES = [
    ("count", "tenant.id = x: count", "SELECT count(*) FROM spans WHERE tenant = 'tenant-010'"),
    ("sum", "tenant.id = x: summed duration",
     "SELECT sum(duration) FROM spans WHERE tenant = 'tenant-010'"),
    ("page", "tenant.id = x: newest 100",
     "SELECT start FROM spans WHERE tenant = 'tenant-010' ORDER BY start DESC LIMIT 100"),
    ("user", "user.id = x: count", "SELECT count(*) FROM spans WHERE user_id = 'user-01234'"),
    ("errors", "errors over 1 s: count",
     "SELECT count(*) FROM spans WHERE error = 1 AND duration > 1000000000"),
    ("prompt", "substring of the prompt: count",
     "SELECT count(*) FROM spans WHERE prompt LIKE '%rollback plan%'"),
    ("undeclared", "an attribute as a column: count",
     "SELECT count(*) FROM spans WHERE collection = 'users'"),
    ("group", "spans by tenant: count, errors",
     "SELECT tenant, count(*), sum(error) FROM spans GROUP BY tenant"),
    ("p95", "spans by tenant: count, errors, p95",
     "SELECT tenant, count(*), sum(error), QUANTILE(duration) FROM spans GROUP BY tenant"),
    # What tracetop's groups are: a trace counts once, and takes from its first start to its last end.
    ("traces", "traces by tenant: count, errors, p95",
     "SELECT tenant, count(*), sum(error), QUANTILE(duration) FROM (SELECT trace, max(tenant) AS tenant,"
     " max(error) AS error, max(start + duration) - min(start) AS duration FROM spans GROUP BY trace) t"
     " GROUP BY tenant"),
    ("slow", "traces of a tenant with a slow call: count",
     "SELECT count(DISTINCT trace) FROM spans WHERE tenant = 'tenant-010' AND trace IN (SELECT trace"
     " FROM spans WHERE kind = 3 AND duration > 200000000)"),
]


def rows(folder):
    """The spans of a corpus as tuples, in the order of arrival."""
    for path in sorted(glob.glob(f"{folder}/pb/*.bin")):
        request = ExportTraceServiceRequest()
        with open(path, "rb") as file:
            request.ParseFromString(file.read())
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    values = {a.key: a.value.string_value for a in span.attributes
                              if a.key in KEYS}
                    yield (span.start_time_unix_nano,
                           span.end_time_unix_nano - span.start_time_unix_nano,
                           1 if span.status.code == 2 else 0, values.get("tenant.id"),
                           values.get("user.id"), values.get("gen_ai.prompt.preview"),
                           span.trace_id.hex(), span.kind, values.get("vector.collection"))


def measure(name, ask, repeat, is_golden, quantile):
    for key, title, sql in QUERIES:
        if "QUANTILE" in sql:
            if not quantile:
                continue
            sql = sql.replace("QUANTILE(duration)", quantile)
        times, answer = [], None
        for _ in range(repeat):
            before = time.process_time()
            answer = ask(sql)
            times.append((time.process_time() - before) * 1_000)
        if is_golden and key in GOLDEN and int(answer[0][0]) != GOLDEN[key]:
            sys.exit(f"{name}: {title}: {answer[0][0]} instead of {GOLDEN[key]}")
        print(f"{name:<12}{title:<34}{min(times):>10.3f} ms  median {statistics.median(times):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    spans = list(rows(options.corpus))
    is_golden = len(spans) == 1_000_448
    print(f"{len(spans)} spans" + (", answers checked" if is_golden else ""))

    lite = sqlite3.connect(":memory:")
    lite.execute(f"CREATE TABLE spans ({COLUMNS})")
    lite.executemany("INSERT INTO spans VALUES (?,?,?,?,?,?,?,?,?)", spans)
    for column in ("tenant, start", "user_id", "trace"):
        lite.execute(f"CREATE INDEX spans_{column.split(',')[0]} ON spans ({column})")
    measure("SQLite", lambda sql: lite.execute(sql).fetchall(), options.repeat, is_golden, None)

    try:
        import duckdb
    except ImportError:
        print("DuckDB is not installed: pip install duckdb pyarrow")
    else:
        import pyarrow
        names = [part.split()[0] for part in COLUMNS.split(", ")]
        table = pyarrow.table({name: [span[i] for span in spans] for i, name in enumerate(names)})
        duck = duckdb.connect(":memory:", config={"threads": 1})
        duck.register("made", table)
        duck.execute("CREATE TABLE spans AS SELECT * FROM made")
        measure("DuckDB", lambda sql: duck.execute(sql).fetchall(), options.repeat, is_golden,
                "quantile_disc(duration, 0.95)")
        clickhouse(table, options.repeat, is_golden)


def clickhouse(table, repeat, is_golden):
    try:
        from chdb import session
    except ImportError:
        print("ClickHouse is not installed: pip install chdb")
        return
    import json, pyarrow.parquet, tempfile
    with tempfile.TemporaryDirectory() as folder:
        pyarrow.parquet.write_table(table, f"{folder}/spans.parquet")
        house = session.Session()
        house.query("CREATE DATABASE bench")
        house.query(
            "CREATE TABLE bench.spans ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM "
            f"file('{folder}/spans.parquet')")
        house.query("SET max_threads = 1")

        def ask(sql):
            text = str(house.query(sql.replace("FROM spans", "FROM bench.spans"), "JSONCompactEachRow"))
            return [json.loads(line) for line in text.splitlines()]
        measure("ClickHouse", ask, repeat, is_golden, "quantileExact(0.95)(duration)")


if __name__ == "__main__":
    main()
