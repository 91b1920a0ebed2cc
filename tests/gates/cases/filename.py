"""The rows of the gate ``filename``."""

from __future__ import annotations

from tests.gates.cases.case import Case, wheel

CASES = (
    Case(
        "NAME001",
        wheel(file_name="demo-1.0.whl"),
        wheel(file_name="demo-1.0-py3-none-any.whl"),
        where="demo-1.0.whl",
        says=("{distribution}", "demo-1.0.whl"),
    ),
    Case("NAME001", wheel(file_name="demo-1.0-py3-none-any.WHL"), where="WHL", says=(".whl",)),
    Case("NAME001", wheel(file_name="demo-one-py3-none-any.whl"), says=("one",)),
    Case(
        "NAME002",
        wheel(file_name="Demo-1.0-py3-none-any.whl", dist_info="Demo-1.0.dist-info"),
        where="Demo-1.0",
        says=("not normalized", "demo"),
    ),
    Case(
        "NAME002",
        wheel(name="zope.demo", file_name="zope.demo-1.0-py3-none-any.whl"),
        wheel(name="zope.demo"),
        says=("zope_demo",),
        also=frozenset(("STR003",)),
    ),
    Case("NAME003", wheel(version="01.0"), where="demo-01.0-", says=("canonical", "1.0", "01.0")),
    Case("NAME003", wheel(version="1.0.alpha1"), wheel(version="1.0a1"), says=("1.0a1",)),
    Case("NAME004", wheel(tags="python3-none-any"), where="-any.whl", says=("python3", "Python")),
    Case("NAME004", wheel(tags="cp311-nothing-any"), wheel(tags="cp311-abi3-any"), says=("ABI",)),
    Case("NAME004", wheel(tags="cp313-cp_313-any"), wheel(tags="cp313-cp313t-any"), says=("ABI",)),
)
