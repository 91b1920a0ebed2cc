"""What a file of a release says about itself: names, ZIP structure, RECORD, core metadata.

Reading knows nothing of gates: it returns facts, and faults of the file are facts too. It runs
nothing of what it reads, writes nothing, and stays within the limits that ``limits`` states.
"""
