"""Periods with every dash or none, and the year of a plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.periods import periods, plan_year


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("giai đoạn 2016 - 2020", [(2016, 2020)]),
        ("giai đoạn 2021-2030, giai đoạn 2021 – 2025", [(2021, 2025), (2021, 2030)]),
        ("giai đoạn 2021— 2025 và nhiệm kỳ 2020 -2025", [(2020, 2025), (2021, 2025)]),
        ("giai đoạn 2021 2026", [(2021, 2026)]),
        ("Giai đoạn 20112020", [(2011, 2020)]),
        ("giai đoạn 2021 đến 2025; từ năm 2016 đến năm 2020", [(2016, 2020), (2021, 2025)]),
        ("giai đoạn (2021-2025)", [(2021, 2025)]),
        ("Chương trình tổng thể 2021-2030", [(2021, 2030)]),
        ("giai đoạn 2016-2020 và 2021-2025", [(2016, 2020), (2021, 2025)]),
        ("thời kỳ 1930-1945", [(1930, 1945)]),
        ("năm học 2022 - 2023", []),
        ("Nguyễn Văn A (1890-1969)", []),
        ("31/12/2019-2020; 2021-2025/KH-UBND; 0235-2019-2022", []),
        ("giai đoạn 2025-2021", []),
        ("năm 2020 của huyện 2021", []),
        ("chỉ tiêu 2020 2025 hộ", []),
    ],
)
def test_periods(text: str, found: list[tuple[int, int]]) -> None:
    assert periods(text) == found


@given(st.integers(1990, 2040), st.integers(1, 20), st.sampled_from(["-", " - ", "–", " – ", "- ", " -", " "]))
def test_every_dash(first: int, years: int, sign: str) -> None:
    assert periods(f"Kế hoạch giai đoạn {first}{sign}{first + years} của tỉnh.") == [(first, first + years)]


@pytest.mark.parametrize(
    ("title", "body", "year"),
    [
        ("UBND huyện Quế Sơn ban hành Kê hoạch Cải cách hành chính năm 2020", "", 2020),
        ("Kế hoạch cải cách hành chính trên địa bàn phường Tam Quan năm 2023", "", 2023),
        ("KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH 2024", "", 2024),
        ("UBND ban hành về hoạch cải cách hành chính năm 2017", "", 2017),
        ("Tin tức", "UBND xã ban hành Kế hoạch số 5/KH-UBND về cải cách hành chính năm 2022.", 2022),
        ("Ban hành Chương trình tổng thể giai đoạn 2021 - 2030", "", None),
        ("Kế hoạch giai đoạn 2021-2025", "", None),
        ("Tập huấn nghiệp vụ năm 2022", "Theo Kế hoạch số 5/KH-UBND ngày 22 tháng 7 năm 2022, huyện tập huấn.", None),
        ("Kết quả CCHC quý I năm 2023", "", None),
        ("", "", None),
    ],
)
def test_plan_year(title: str, body: str, year: int | None) -> None:
    assert plan_year(title, body) == year
