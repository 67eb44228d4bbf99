"""The export: the same rows in every format, the same bytes every time, never half a file."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from archive import manifest, queries
from archive.codebook import columns
from archive.export import export
from archive.filters import Filters
from archive.formats import EXCEL_CELL, CsvRows, JsonRows, published, quoted
from archive.manifest import Manifest
from archive.queries import ExportRow
from archive.records import Stated
from config.errors import UsageError, UserError
from tests.archives import BODY, Archive, files, later

ALL = Filters(any_topic=True)
NAMES = [column.name for column in columns()]
LONG = f"""{BODY}
Phòng Nội vụ chủ trì, phối hợp với các cơ quan chuyên môn theo dõi, đôn đốc, kiểm tra việc thực hiện và định kỳ hằng quý
báo cáo Chủ tịch Ủy ban nhân dân huyện; các xã, thị trấn căn cứ tình hình thực tế xây dựng kế hoạch của mình trước
ngày 30 tháng 3, bảo đảm đúng tiến độ, có sản phẩm cụ thể, tránh hình thức và lãng phí nguồn lực của địa phương."""
TRICKY = 'Kế hoạch "số 82/QĐ-UBND", giai đoạn 2021-2030\nđoạn hai; có dấu phẩy, và =1+1'


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Four articles of two portals: one with all facts, one tricky, one copied by the other portal."""
    archive.record("a", body=LONG, attachments=files("one", "two"), author="Văn phòng UBND")
    archive.record("b", "=HYPERLINK(1)", TRICKY, dates=(Stated("03/11/2023", "page"),), summary="+84 235")
    archive.record("c", "Bài không ngày", "@ nội dung khác hẳn về thời tiết hôm nay.", dates=())
    archive.record("a", body=LONG, slug="tamquan", at=later(hours=2))
    archive.finish()
    archive.finish("tamquan")
    return archive


def write(archive: Archive, output: Path, **options: Any) -> Manifest:
    with archive.session() as session:
        return export(session, output, **{"filters": ALL, **options})


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_every_column_in_order_and_every_row_by_id(filled: Archive, tmp_path: Path) -> None:
    done = write(filled, tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"id,url,portal,portal_name,level,")
    assert raw.endswith(b"\r\n")
    rows = rows_of(tmp_path / "a.csv")
    assert list(rows[0]) == NAMES
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1]["body"] == TRICKY
    assert done.written.rows == done.written.articles == 4


def test_csv_cells(filled: Archive, tmp_path: Path) -> None:
    write(filled, tmp_path / "a.csv")
    first, second, third, _ = rows_of(tmp_path / "a.csv")
    assert first["published_at"] == "2024-02-15T08:30+07:00"
    assert (second["published_at"], second["published_precision"]) == ("2023-11-03", "day")
    assert (third["published_at"], third["published_precision"]) == ("", "")
    assert first["attachments"] == "; ".join(file.url for file in files("one", "two"))
    assert first["first_seen_at"] == "2024-03-01T09:00:00+07:00"
    assert (second["period_start"], second["period_end"]) == ("2021", "2030")
    assert (first["gone_at"], first["plan_year"]) == ("", "2024")
    assert second["title"] == "=HYPERLINK(1)"
    path, _, offset = first["warc"].rpartition(":")
    assert (filled.settings.data / path).is_file()
    assert int(offset) > 0


def test_json_lines_have_arrays_and_numbers(filled: Archive, tmp_path: Path) -> None:
    write(filled, tmp_path / "a.jsonl", format="jsonl")
    lines = (tmp_path / "a.jsonl").read_bytes().decode().split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line) for line in lines]
    assert [list(row) for row in rows] == [NAMES] * 4
    assert rows[0]["attachments"] == [file.url for file in files("one", "two")]
    assert (rows[1]["period_start"], rows[1]["period_end"]) == ([2021], [2030])
    assert rows[0]["published_at"] == "2024-02-15T08:30+07:00"
    assert rows[0]["first_seen_at"] == "2024-03-01T09:00:00+07:00"
    assert rows[2]["published_at"] is None
    assert "Kế hoạch" in lines[0]


def test_parquet_says_the_same_as_json_lines(filled: Archive, tmp_path: Path) -> None:
    write(filled, tmp_path / "a.jsonl", format="jsonl")
    write(filled, tmp_path / "a.parquet", format="parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.column_names == NAMES
    plain = [
        {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]
    assert plain == [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]


def test_excel_has_a_mark_and_guards_what_a_spreadsheet_would_run(filled: Archive, tmp_path: Path) -> None:
    write(filled, tmp_path / "a.csv", excel=True)
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,")
    assert raw.count(b"\xef\xbb\xbf") == 1
    _, second, third, _ = rows_of(tmp_path / "a.csv")
    assert (second["title"], second["summary"]) == ("'=HYPERLINK(1)", "'+84 235")
    assert third["body"].startswith("'@ nội dung")
    assert second["body"] == TRICKY


def test_excel_warns_of_cells_it_cuts(filled: Archive, tmp_path: Path) -> None:
    filled.record("d", "Dài", "cải cách hành chính " * 2_000)
    (warning,) = write(filled, tmp_path / "a.csv", excel=True).warnings
    assert "32,767" in warning
    assert "1 rows" in warning
    assert "5" in warning
    assert write(filled, tmp_path / "b.csv").warnings == ()
    assert len(rows_of(tmp_path / "b.csv")[4]["body"]) > EXCEL_CELL


def test_no_body_leaves_the_column_out(filled: Archive, tmp_path: Path) -> None:
    done = write(filled, tmp_path / "a.csv", body=False)
    assert list(rows_of(tmp_path / "a.csv")[0]) == [name for name in NAMES if name != "body"]
    assert "body" not in done.content["columns"]


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_the_same_query_gives_the_same_bytes(filled: Archive, tmp_path: Path, format: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(filled, tmp_path / folder / "a", format=format)
    for name in ("a", "a.manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    filled.run()
    write(filled, tmp_path / "two" / "a", format=format)
    assert (tmp_path / "one/a.manifest.json").read_bytes() == (tmp_path / "two/a.manifest.json").read_bytes()
    filled.finish()
    after = write(filled, tmp_path / "two" / "a", format=format)
    before = json.loads((tmp_path / "one/a.manifest.json").read_text())
    assert after.content["archive_version"] == before["archive_version"] + 1


def test_the_manifest_lets_the_export_be_defended(filled: Archive, tmp_path: Path) -> None:
    chosen = Filters(portal=("queson",), since=date(2023, 1, 1), any_topic=True)
    done = write(filled, tmp_path / "a.csv", filters=chosen, query="cải cách", mode="smart", ids={1, 2, 4}, expected=2)
    content = json.loads((tmp_path / "a.csv.manifest.json").read_text(encoding="utf-8"))
    assert content == done.content | {"coverage": content["coverage"], "filters": content["filters"]}
    raw = (tmp_path / "a.csv").read_bytes()
    assert (content["sha256"], content["bytes"]) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert (content["rows"], content["articles"], content["distinct"]) == (2, 2, False)
    assert (content["query"], content["mode"]) == ("cải cách", "smart")
    assert content["filters"] == {"portal": ["queson"], "from": "2023-01-01", "any-topic": True}
    assert content["archive_version"] == filled.read(queries.version)
    assert {row["archive_version"] for row in rows_of(tmp_path / "a.csv")} == {str(content["archive_version"])}
    assert "ghi rõ nguồn" in content["terms"]["vi"]
    assert list(content["columns"]) == NAMES
    assert content["columns"]["title"]["vi"].startswith("Tiêu đề")
    (portal,) = content["coverage"]
    assert (portal["portal"], portal["outcome"], portal["articles"]) == ("queson", "ok", 2)
    assert portal["months"] == {"2023-11": 1, "2024-02": 1}
    assert portal["gaps"] == ["2023-12", "2024-01"]
    assert content["tool"].startswith("Caicach/")


def test_distinct_keeps_the_first_publishers_row_and_both_counts(filled: Archive, tmp_path: Path) -> None:
    done = write(filled, tmp_path / "a.csv", distinct=True)
    assert [row["id"] for row in rows_of(tmp_path / "a.csv")] == ["1", "2", "3"]
    assert (done.content["rows"], done.content["articles"], done.content["distinct"]) == (3, 4, True)


def test_an_empty_export_is_a_head_line(filled: Archive, tmp_path: Path) -> None:
    nothing = Filters(year=(1999,))
    assert write(filled, tmp_path / "a.csv", filters=nothing).written.rows == 0
    assert (tmp_path / "a.csv").read_bytes() == (",".join(NAMES) + "\r\n").encode()
    write(filled, tmp_path / "a.jsonl", filters=nothing, format="jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == b""
    write(filled, tmp_path / "a.parquet", filters=nothing, format="parquet")
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 0


def test_a_total_that_differs_is_an_error_and_nothing_is_written(filled: Archive, tmp_path: Path) -> None:
    output = tmp_path / "out" / "a.csv"
    output.parent.mkdir()
    output.write_text("the export of yesterday")
    with pytest.raises(UserError, match=r"told 7 articles, the archive has 4: run `caicach index verify`"):
        write(filled, output, expected=7)
    assert list(output.parent.iterdir()) == [output]
    assert output.read_text() == "the export of yesterday"


def test_an_export_that_is_broken_off_leaves_nothing(filled: Archive, tmp_path: Path) -> None:
    def broken(rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
        yield from list(rows)[:2]
        raise KeyboardInterrupt

    folder = tmp_path / "out"
    folder.mkdir()
    for format in ("csv", "jsonl", "parquet"):
        with pytest.raises(KeyboardInterrupt):
            write(filled, folder / "a", format=format, watch=broken)
        assert list(folder.iterdir()) == []


def test_rows_that_get_lost_on_the_way_are_an_error(filled: Archive, tmp_path: Path) -> None:
    def lossy(rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
        yield from list(rows)[1:]

    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(UserError, match="3 rows came where 4 were counted"):
        write(filled, folder / "a.csv", watch=lossy)
    assert list(folder.iterdir()) == []


def test_places_that_cannot_be_written_are_one_line(filled: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "none" / "a.csv", tmp_path / "file" / "a.csv"):
        with pytest.raises(UserError) as caught:
            write(filled, output)
        assert str(caught.value).startswith(f"{output}: ")
        assert "\n" not in str(caught.value)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="Is a directory"):
        write(filled, tmp_path / "folder")
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_words_that_do_not_go_together(filled: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--format xlsx: write one of csv, jsonl, parquet"):
        write(filled, tmp_path / "a", format="xlsx")
    with pytest.raises(UsageError, match="--excel goes with --format csv"):
        write(filled, tmp_path / "a", format="jsonl", excel=True)


def test_only_reform_articles_unless_any_topic(filled: Archive, tmp_path: Path) -> None:
    write(filled, tmp_path / "a.csv", filters=Filters())
    kept = {row["id"] for row in rows_of(tmp_path / "a.csv")}
    assert "1" in kept
    assert "3" not in kept


def test_published_to_its_precision() -> None:
    at = datetime.fromisoformat("2026-01-31T08:15:30+07:00")
    said = {
        precision: published({"published_at": at, "published_precision": precision})
        for precision in ("hour", "minute", "second")
    }
    assert said == {
        "hour": "2026-01-31T08+07:00",
        "minute": "2026-01-31T08:15+07:00",
        "second": "2026-01-31T08:15:30+07:00",
    }
    assert published({"published_at": date(2026, 1, 31), "published_precision": "day"}) == "2026-01-31"
    assert published({"published_at": None, "published_precision": None}) is None


@given(st.lists(st.none() | st.integers() | st.floats() | st.text(st.sampled_from("a\",;\r\n \tế'")), min_size=2))
def test_cells_are_quoted_as_the_csv_module_does(cells: list[object]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    assert ",".join(map(quoted, cells)) + "\r\n" == out.getvalue()


class Kept(io.BytesIO):
    """Memory that outlives the writers' buffers."""

    def close(self) -> None:
        pass


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
lists = st.lists(st.text("abc/-: ", min_size=1, max_size=9).map(str.strip).filter(bool), max_size=3).map(tuple)


@given(st.lists(st.tuples(st.integers(1), texts, st.none() | texts, lists, st.floats(0, 1)), max_size=6))
def test_csv_out_and_in_is_the_same(rows: list[tuple[int, str, str | None, tuple[str, ...], float]]) -> None:
    few = [column for column in columns() if column.name in {"id", "title", "author", "cited_acts", "relevance"}]
    order = [["id", "title", "author", "cited_acts", "relevance"].index(column.name) for column in few]
    kept = Kept()
    writer = CsvRows(kept, few, None)  # type: ignore[arg-type]
    lines = Kept()
    objects = JsonRows(lines, few)  # type: ignore[arg-type]
    for row in rows:
        writer.add([row[i] for i in order])
        objects.add([row[i] for i in order])
    writer.close()
    objects.close()
    back = list(csv.DictReader(io.StringIO(kept.getvalue().decode(), newline="")))
    assert [
        (int(r["id"]), r["title"], r["author"], tuple(filter(None, r["cited_acts"].split("; "))), float(r["relevance"]))
        for r in back
    ] == [(number, title, author or "", acts, sure) for number, title, author, acts, sure in rows]
    read = [json.loads(line) for line in lines.getvalue().decode().split("\n") if line]
    assert [(r["id"], r["title"], r["author"], tuple(r["cited_acts"]), r["relevance"]) for r in read] == rows


@pytest.mark.parametrize(
    "portals", [[], [{"portal": "a", "months": {}}], [{"portal": "a", "gaps": ["2024-01"]}, {"é": None}]]
)
def test_the_manifest_in_pieces_is_the_manifest(portals: list[dict[str, Any]]) -> None:
    content = {"file": "a.csv", "coverage": portals}
    whole = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    assert b"".join(manifest.render(content)).decode() == whole
