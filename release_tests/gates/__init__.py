"""The gates: pure functions from facts and policy to findings.

A gate's module holds ``check``; the words of its rules stand in ``catalogue``, as data. Nothing
here knows of pytest.
"""
