"""Evidence: what a run saw, bound to the digest of each artifact, and what follows from it.

Plain data: it knows neither the gates nor pytest. ``model`` has the words, ``statements`` and
``record`` their written form, ``store`` keeps them, ``matrix`` draws the conclusions.

The digests in the records show accidents: a write cut short, a file edited or exchanged. They
are no signature; whoever can write the directory can also forge all of it.
"""
