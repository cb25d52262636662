"""Forms of the DuckDB file: its tables today, and how a file of an earlier form gets them.

Form 1 kept every sample in one table. Form 2 keeps those that are not compacted yet (``samples``,
``wide``, ``arrivals``), lists Parquet files for the others, and knows the last value of each tag.
Form 3 keeps the raw time of rows whose own time was not believed.

>>> "CREATE TABLE files" in TABLES, sorted(STEPS)
(True, [1, 2])
"""

from collections.abc import Mapping

__all__ = ["FORM", "STEPS", "TABLES"]

FORM = 3
"""Form of the tables; a newer file is not touched."""

_OLD = """
CREATE TABLE form(version INTEGER NOT NULL);
CREATE TABLE tags(id INTEGER NOT NULL, address VARCHAR NOT NULL);
CREATE TABLE records(
    class VARCHAR NOT NULL, id VARCHAR NOT NULL, rev BIGINT NOT NULL, address VARCHAR NOT NULL,
    t_ns BIGINT NOT NULL, seen_ns BIGINT NOT NULL, seq BIGINT NOT NULL, json VARCHAR NOT NULL,
    PRIMARY KEY (class, id, rev)
);
CREATE TABLE outbox(id VARCHAR NOT NULL, rev BIGINT NOT NULL, json VARCHAR NOT NULL);
CREATE TABLE audit(n BIGINT NOT NULL, id VARCHAR NOT NULL, line VARCHAR NOT NULL);
CREATE TABLE refused(
    stream VARCHAR NOT NULL, seq BIGINT NOT NULL, subject VARCHAR NOT NULL, what VARCHAR NOT NULL,
    data BLOB NOT NULL
);
CREATE TABLE tally(name VARCHAR NOT NULL, count BIGINT NOT NULL);
"""

_NEW = """
CREATE TABLE samples(
    tag INTEGER NOT NULL, t_ns BIGINT NOT NULL, value DOUBLE NOT NULL, quality USMALLINT NOT NULL,
    batch BIGINT NOT NULL
);
CREATE TABLE wide(
    tag INTEGER NOT NULL, t_ns BIGINT NOT NULL, value DOUBLE NOT NULL, quality USMALLINT NOT NULL,
    batch BIGINT NOT NULL, seen_ns BIGINT, int BIGINT, text VARCHAR
);
CREATE TABLE arrivals(
    batch BIGINT NOT NULL, source INTEGER NOT NULL, n BIGINT NOT NULL, seen_ns BIGINT NOT NULL
);
CREATE VIEW hot AS
    SELECT s.tag, s.t_ns, a.seen_ns, s.value, NULL::BIGINT AS int, NULL::VARCHAR AS text,
        s.quality, a.source, a.n, s.batch, s.rowid AS place
    FROM samples s JOIN arrivals a USING (batch)
    UNION ALL
    SELECT w.tag, w.t_ns, coalesce(w.seen_ns, a.seen_ns), w.value, w.int, w.text,
        w.quality, a.source, a.n, w.batch, w.rowid
    FROM wide w JOIN arrivals a USING (batch);
CREATE TABLE last(
    tag INTEGER NOT NULL, t_ns BIGINT NOT NULL, seen_ns BIGINT NOT NULL, value DOUBLE NOT NULL,
    int BIGINT, text VARCHAR, quality USMALLINT NOT NULL, source INTEGER NOT NULL,
    n BIGINT NOT NULL
);
CREATE TABLE sources(source INTEGER NOT NULL, name VARCHAR NOT NULL, epoch BIGINT NOT NULL);
CREATE TABLE progress(name VARCHAR NOT NULL, state VARCHAR NOT NULL);
CREATE TABLE feeds(tag INTEGER NOT NULL, source VARCHAR NOT NULL);
CREATE TABLE files(
    id INTEGER NOT NULL, path VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_ns BIGINT NOT NULL,
    until_ns BIGINT NOT NULL, rows BIGINT NOT NULL, size BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
CREATE TABLE companions(
    file INTEGER NOT NULL, hour INTEGER NOT NULL, path VARCHAR NOT NULL, part INTEGER NOT NULL,
    size BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
CREATE TABLE segments(
    file INTEGER NOT NULL, tag INTEGER NOT NULL, part INTEGER NOT NULL, first INTEGER NOT NULL,
    rows INTEGER NOT NULL, from_ns BIGINT NOT NULL, until_ns BIGINT NOT NULL, scale DOUBLE NOT NULL,
    has INTEGER NOT NULL
);
CREATE TABLE leaving(path VARCHAR NOT NULL, since_ns BIGINT NOT NULL);
"""

_FROM_2 = """
DROP VIEW hot;
ALTER TABLE wide ADD COLUMN raw_ns BIGINT;
ALTER TABLE last ADD COLUMN raw_ns BIGINT;
CREATE VIEW hot AS
    SELECT s.tag, s.t_ns, a.seen_ns, s.value, NULL::BIGINT AS int, NULL::VARCHAR AS text,
        s.quality, a.source, a.n, NULL::BIGINT AS raw_ns, s.batch, s.rowid AS place
    FROM samples s JOIN arrivals a USING (batch)
    UNION ALL
    SELECT w.tag, w.t_ns, coalesce(w.seen_ns, a.seen_ns), w.value, w.int, w.text,
        w.quality, a.source, a.n, w.raw_ns, w.batch, w.rowid
    FROM wide w JOIN arrivals a USING (batch);
"""

TABLES = _OLD + _NEW + _FROM_2
"""Tables of a new file: those of form 2, and what form 3 adds.

``samples`` holds the rows that are a time, a number and a quality and arrived with their batch,
``wide`` all others; rows of one batch are all in one of them, so ``hot`` can give them in the
order of their arrival. ``last`` and ``progress`` are appended to and folded now and then: of a
tag the latest row wins, of a name the one that came last.
"""

_FILL = """
INSERT INTO arrivals
    SELECT row_number() OVER (ORDER BY place) - 1, source, n, seen_ns FROM (
        SELECT source, n, min(rowid) AS place, min_by(seen_ns, rowid) AS seen_ns
        FROM former GROUP BY source, n
    );
INSERT INTO wide
    SELECT f.tag, f.t_ns, f.value, f.quality, a.batch,
        CASE WHEN f.seen_ns <> a.seen_ns THEN f.seen_ns END, f.int, f.text
    FROM former f JOIN arrivals a USING (source, n) ORDER BY f.rowid;
INSERT INTO last
    SELECT tag, t_ns, seen_ns, value, int, text, quality, source, n FROM former
    QUALIFY row_number() OVER (
        PARTITION BY tag ORDER BY t_ns DESC, seen_ns DESC, source DESC, n DESC, rowid DESC
    ) = 1;
INSERT INTO feeds SELECT DISTINCT f.tag, b.name FROM former f JOIN batches b USING (source);
INSERT INTO sources SELECT source, name, epoch FROM batches;
INSERT INTO progress SELECT 'numbering.' || source, state FROM batches;
INSERT INTO progress SELECT 'position.' || stream, seq::VARCHAR FROM positions;
INSERT INTO progress SELECT 'tally.' || name, count::VARCHAR FROM tally;
INSERT INTO progress SELECT 'tally.batches', count(*)::VARCHAR FROM arrivals;
DELETE FROM tally;
DROP TABLE batches;
DROP TABLE positions;
DROP TABLE former;
"""

_FROM_1 = "ALTER TABLE samples RENAME TO former;" + _NEW + _FILL

STEPS: Mapping[int, str] = {1: _FROM_1, 2: _FROM_2}
"""What makes the next form of a form; each is run in one transaction with the new number."""
