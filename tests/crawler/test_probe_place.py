"""Whose portal it is: by host and title, and unsure where the tables of units are."""

import pytest

from crawler.probe_place import guess

NOWHERE = "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "title", "place"),
    [
        (NOWHERE, "Cổng thông tin điện tử huyện Quế Sơn", ("district", "Quảng Nam", "Quế Sơn", "")),
        (NOWHERE, "Trang chủ - CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN HƯƠNG SƠN", ("district", "Hà Tĩnh", "Hương Sơn", "")),
        (NOWHERE, "Trang thông tin điện tử phường Tam Quan", ("commune", "Bình Định", "Hoài Nhơn", "Tam Quan")),
        (NOWHERE, "Cổng thông tin điện tử tỉnh Kon Tum", ("province", "Kon Tum", "", "")),
        (NOWHERE, "UBND TP. Tam Kỳ", ("district", "Quảng Nam", "Tam Kỳ", "")),
        (NOWHERE, "UBND huyện Châu Thành, tỉnh Bến Tre", ("district", "Bến Tre", "Châu Thành", "")),
        (NOWHERE, "xã Quang Vĩnh, huyện Đức Thọ", ("commune", "Hà Tĩnh", "Đức Thọ", "Quang Vĩnh")),
        (NOWHERE, "Phường 4, thành phố Tây Ninh, tỉnh Tây Ninh", ("commune", "Tây Ninh", "Tây Ninh", "Phường 4")),
        (NOWHERE, "Báo Đồng Tháp Online", ("newspaper", "Đồng Tháp", "", "")),
        (NOWHERE, "Báo và Phát thanh, Truyền hình Lâm Đồng", ("newspaper", "Lâm Đồng", "", "")),
        ("baohatinh.vn", "Trang nhất", ("newspaper", "Hà Tĩnh", "", "")),
        ("moha.gov.vn", "Bộ Nội vụ", ("ministry", "", "", "")),
        ("queson.quangnam.gov.vn", "Trang chủ", ("district", "Quảng Nam", "Quế Sơn", "")),
        ("huyenqueson.quangnam.gov.vn", "Trang chủ", ("district", "Quảng Nam", "Quế Sơn", "")),
        ("chauthanh.bentre.gov.vn", "Trang chủ", ("district", "Bến Tre", "Châu Thành", "")),
        ("sonoivu.hatinh.gov.vn", "Sở Nội vụ tỉnh Hà Tĩnh", ("province", "Hà Tĩnh", "", "")),
        ("www.hochiminhcity.gov.vn", "Trang tin", ("province", "Hồ Chí Minh", "", "")),
        ("www.baria-vungtau.gov.vn", "Trang chủ", ("province", "Bà Rịa - Vũng Tàu", "", "")),
    ],
)
def test_sure(host: str, title: str, place: tuple[str, ...]) -> None:
    found = guess(host, title)
    assert (found.level, found.province, found.district, found.commune) == place
    assert found.unsure == ()
    assert found.why


@pytest.mark.parametrize(
    ("host", "title", "level", "unsure"),
    [
        (NOWHERE, "UBND huyện Châu Thành", "district", ("province",)),
        (NOWHERE, "UBND xã Tân Lập", "commune", ("province",)),
        (NOWHERE, "Trang chủ", "", ("level", "province")),
        ("congso.vn", "Hòa bình và phát triển", "", ("level", "province")),
        ("queson.quangnam.gov.vn", "UBND tỉnh Hà Tĩnh", "province", ("province",)),
    ],
)
def test_unsure(host: str, title: str, level: str, unsure: tuple[str, ...]) -> None:
    found = guess(host, title)
    assert (found.level, found.unsure) == (level, unsure)
