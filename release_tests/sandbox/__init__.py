"""Clean environments: what a user gets who installs a wheel today, and the probe inside.

A wheel's own code runs only here: in a virtual environment of its own, in a process group of its
own with a deadline, without the caller's variables, home or standard input. What came out is
plain data (``trial.Trial``); whether it is good is for the gates to say.
"""
