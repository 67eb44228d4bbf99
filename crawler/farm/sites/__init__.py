"""The simulated platforms, one file each; importing this package registers them."""

from crawler.farm.sites import aspnews, generic, liferay, nukeviet, tandan, vhv, webcenter

__all__ = ["aspnews", "generic", "liferay", "nukeviet", "tandan", "vhv", "webcenter"]
