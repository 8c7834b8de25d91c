"""The demo provider: invented people, plans and sessions, for `desk --demo`, the tests and the benchmarks."""

from desk.demo.large import LargeInfo, load_large
from desk.demo.load import AlreadyFilled, DemoInfo, DemoPerson, build, load_small

__all__ = ["AlreadyFilled", "DemoInfo", "DemoPerson", "LargeInfo", "build", "load_large", "load_small"]
