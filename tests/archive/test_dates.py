"""Every printed form of a publication date, what is refused, and dates in running text."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.dates import VIETNAM, ImpossibleDate, choose, find_dates, nearest, parse_stated
from archive.records import Precision, Stated

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("printed", "iso", "precision"),
    [
        ("Thứ năm - 24/06/2021 15:51", "2021-06-24T15:51:00+07:00", "minute"),
        ("24/06/2021 15:51 1.320 0", "2021-06-24T15:51:00+07:00", "minute"),
        ("27/12/2019 13:07:13", "2019-12-27T13:07:13+07:00", "second"),
        ("Cập nhật ngày: 27/12/2019 13:07:13", "2019-12-27T13:07:13+07:00", "second"),
        ("15:28, 28/08/2026", "2026-08-28T15:28:00+07:00", "minute"),
        ("Đăng ngày 17 - 05 - 2024 / Lượt xem: 400 / 100%", "2024-05-17", "day"),
        ("2024-04-30T15:31:00+07:00", "2024-04-30T15:31:00+07:00", "second"),
        ("2024-04-30T08:31:00Z", "2024-04-30T15:31:00+07:00", "second"),
        ("2024-04-30T08:31:00.123Z", "2024-04-30T15:31:00+07:00", "second"),
        ("2024-04-30 15:31:00 +0700", "2024-04-30T15:31:00+07:00", "second"),
        ("2024-04-30T15:31", "2024-04-30T15:31:00+07:00", "minute"),
        ("2024-04-30T15+07:00", "2024-04-30T15:00:00+07:00", "hour"),
        ("2024-04-30", "2024-04-30", "day"),
        ("2021-12-3", "2021-12-03", "day"),
        ("Tue, 30 Apr 2024 15:31:00 +0700", "2024-04-30T15:31:00+07:00", "second"),
        ("Tue, 30 Apr 2024 08:31:00 GMT", "2024-04-30T15:31:00+07:00", "second"),
        ("Cập nhật lúc 05:37, Thứ Năm, 08/04/2021 (GMT+7)", "2021-04-08T05:37:00+07:00", "minute"),
        ("Cập nhật: 18:39, 02/03/2018 (GMT+7)", "2018-03-02T18:39:00+07:00", "minute"),
        ("09/12/2019 | 07:45 GMT+7", "2019-12-09T07:45:00+07:00", "minute"),
        ("THỨ BA, 20/09/2022 16:03:31", "2022-09-20T16:03:31+07:00", "second"),
        ("Thứ ba, 28/4/2015 | 11:17:54 AM", "2015-04-28T11:17:54+07:00", "second"),
        ("12/05/2016 04:00:00 PM", "2016-05-12T16:00:00+07:00", "second"),
        ("12/05/2016 12:00:00 AM", "2016-05-12T00:00:00+07:00", "second"),
        ("08:38:43 | 31/08/2017", "2017-08-31T08:38:43+07:00", "second"),
        ("Cập nhật: 31-08-2017 | 08:38:43", "2017-08-31T08:38:43+07:00", "second"),
        ("Thứ năm, 20/11/2025 | 14:24", "2025-11-20T14:24:00+07:00", "minute"),
        ("16:17 ngày 14/11/2025", "2025-11-14T16:17:00+07:00", "minute"),
        ("Đăng ngày 03-10-2023 15:23, Lượt xem: 88", "2023-10-03T15:23:00+07:00", "minute"),
        ("Ngày đăng 05/06/2024 | 13:50 | Lượt xem: 192", "2024-06-05T13:50:00+07:00", "minute"),
        ("(29/06/2026, 14:49)", "2026-06-29T14:49:00+07:00", "minute"),
        ("(21/09/2022)", "2022-09-21", "day"),
        ("Ngày đăng: 02/03/2025  17:44 / Mặc định Cỡ chữ", "2025-03-02T17:44:00+07:00", "minute"),
        ("14:38 04/04/2023", "2023-04-04T14:38:00+07:00", "minute"),
        ("Thứ 7, 29.07.2017 | 08:46:10", "2017-07-29T08:46:10+07:00", "second"),
        ("31.8.2017", "2017-08-31", "day"),
        ("Ngày 27/02/2023 09:04:52", "2023-02-27T09:04:52+07:00", "second"),
        ("ngày 12 tháng 12 năm 2023", "2023-12-12", "day"),
        ("28 Tháng Mười Một, 2020", "2020-11-28", "day"),
        ("20/11/2025\n14:24", "2025-11-20T14:24:00+07:00", "minute"),
        ("14 giờ 30 phút ngày 2/3/2024", "2024-03-02T14:30:00+07:00", "minute"),
        ("24/06/2021 lúc 15h30", "2021-06-24T15:30:00+07:00", "minute"),
        ("24/06/2021 15h", "2021-06-24T15:00:00+07:00", "hour"),
        ("24/06/2021 - Lượt xem: 15", "2021-06-24", "day"),
        ("05/06/2024 | 25:70", "2024-06-05", "day"),
        ("Tue, 30 Apr 2024 15:31", "2024-04-30T15:31:00+07:00", "minute"),
        ("18:39 02/03/2018 GMT", "2018-03-03T01:39:00+07:00", "minute"),
        ("18:39 02/03/2018 (GMT-0)", "2018-03-03T01:39:00+07:00", "minute"),
        ("02/03/2018 GMT+20", "2018-03-02", "day"),
        ("/Date(1714465860000)/", "2024-04-30T15:31:00+07:00", "second"),
        ("1714465860", "2024-04-30T15:31:00+07:00", "second"),
        ("3 giờ trước", "2026-11-22T09:00:00+07:00", "hour"),
        ("25 phút trước", "2026-11-22T11:35:00+07:00", "minute"),
        ("2 ngày trước", "2026-11-20", "day"),
    ],
)
def test_printed_forms(printed: str, iso: str, precision: str) -> None:
    read = parse_stated(printed, NOW)
    assert read is not None
    assert (read[0].isoformat(), read[1]) == (iso, Precision(precision))


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "2021-06-24+0715:51:00",
        "2021-06-24T25:00:00+07:00",
        "19/8/19999",
        "16.10",
        "31/02/2020",
        "2024-02-31T10:00:00+07:00",
        "2024-02-01T10:00:00+20:00",
        "Tue, 31 Feb 2024 10:00:00 GMT",
        "0235388512",
        "Thứ 5/Thứ 3",
        "lần thứ ba (khóa XXI)",
        "Lượt xem: 400",
        "15:51",
        "20211228",
        "dd/mm/yyyy",
        "Nghị định số 01/2011/TTLT-VPCP-BNV",
    ],
)
def test_what_is_not_surely_a_date_is_refused(printed: str) -> None:
    assert parse_stated(printed, NOW) is None


def test_the_first_possible_date_in_the_order_of_trust_is_chosen() -> None:
    stated = [
        Stated("2021-06-24+0715:51:00", "meta"),
        Stated("1/1/0001", "listing"),
        Stated("24/06/2031 15:51", "page"),
        Stated("24/06/2021", "url"),
        Stated("24/06/2020 10:00", "feed"),
    ]
    published = choose(stated, NOW)
    assert published is not None
    assert (published.at.isoformat(), published.precision, published.source) == (
        "2021-06-24T00:00:00+07:00",
        Precision.DAY,
        "url",
    )


@pytest.mark.parametrize("printed", ["1/1/0001", "01/01/1970 08:00", "31/02/2020", "23/11/2026", "22/11/2026 12:16"])
def test_only_impossible_dates_send_an_article_to_quarantine(printed: str) -> None:
    with pytest.raises(ImpossibleDate, match="page says"):
        choose([Stated("không rõ", "meta"), Stated(printed, "page")], NOW)


def test_no_readable_date_is_no_error() -> None:
    assert choose([Stated("2021-06-24+0715:51:00", "meta")], NOW) is None
    assert choose([], NOW) is None


def test_a_clock_that_is_a_little_ahead_is_not_the_future() -> None:
    published = choose([Stated("22/11/2026 12:10", "page")], NOW)
    assert published is not None
    assert published.at == NOW + timedelta(minutes=10)


@given(st.datetimes(datetime(1997, 1, 1), datetime(2026, 11, 21)), st.sampled_from(["/", "-", ".", " - "]))
@settings(max_examples=100)
def test_what_is_printed_is_read_back(at: datetime, sign: str) -> None:
    day = sign.join((f"{at.day:02}", f"{at.month}", f"{at.year}"))
    expected = at.replace(second=0, microsecond=0, tzinfo=VIETNAM)
    for text in (f"Thứ ba - {day} {at:%H:%M}", f"{at:%H:%M} | {day}", f"{day}, {at:%I:%M %p} (GMT+7)"):
        read = parse_stated(text, NOW)
        assert read == (expected, Precision.MINUTE)


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_stated(text, NOW)
    find_dates(text, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Ngày 20/01/2020, UBND huyện", ["2020-01-20"]),
        ("Ngày 28 tháng 11 năm 2021 và ngày 1.2.2020", ["2021-11-28", "2020-02-01"]),
        ("Sáng 24/6, UBND huyện", ["2024-06-24"]),
        ("Chiều ngày 5-4, tại", ["2024-04-05"]),
        ("trong ngày 28/12", ["2023-12-28"]),
        ("Từ ngày 24-28/02/2024 tại", ["2024-02-24..2024-02-28"]),
        ("ngày 24-28/02 tổ chức", ["2024-02-24..2024-02-28"]),
        ("dịp 30/4-1/5, ngày 30/4-1/5", []),
        ("19/8/19999, 14/2011/QH13, 01/01/2011/TTLT-BNV, giai đoạn 2021-2025", []),
        ("1/2/3/2024, 12.5/3/2024, 112 tháng 5 năm 2024, 3.2024-05-06", []),
        ("hôm 2/3, đến 4/3, tối 5/3, TRƯA 6/3", ["2024-03-02", "2024-03-04", "2024-03-05", "2024-03-06"]),
        ("ngày 30/02/2020", []),
        ("ngày 30/02, huyện", []),
        ("ngày 20/01/2020 và ngày 20/01", ["2020-01-20", "2024-01-20"]),
    ],
)
def test_dates_in_running_text(text: str, days: list[str]) -> None:
    found = find_dates(text, date(2024, 3, 1))
    assert [f"{one.day}..{one.last}" if one.last else f"{one.day}" for one in found] == days
    assert all(text[one.start].isdigit() and text[one.end - 1].isdigit() for one in found)


def test_a_date_without_year_needs_a_date_to_be_near_to() -> None:
    assert find_dates("Sáng 24/6, UBND huyện", None) == []
    assert nearest(29, 2, date(2023, 1, 1)) == date(2024, 2, 29)
    assert nearest(31, 2, date(2023, 1, 1)) is None
