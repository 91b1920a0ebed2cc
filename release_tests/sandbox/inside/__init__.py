"""What runs inside an environment, by path and on any Python from 3.8; it is never imported.

Two processes: the *subject* imports a module, or runs a script, and with it whatever a wheel
brings; the *judge*, its parent, never runs any of that, and writes the report. What the subject
says of itself is a claim. What the judge sees from outside is none: that the import has come back,
how long it took, which libraries are mapped, how the process ended.
"""
