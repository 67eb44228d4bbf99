"""Which Caicach this is, as captures and manifests say it."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("caicach")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "0"

SOFTWARE = f"Caicach/{VERSION}"
