"""The simulated platforms, one file each; importing this package registers them."""

from crawler.farm.sites import nukeviet, vhv

__all__ = ["nukeviet", "vhv"]
