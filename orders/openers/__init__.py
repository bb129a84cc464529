"""Programs that open one file of a stranger each: in a process of its own, with bounds and without secrets.

`python -m orders.openers.pictures TYPE` reads the file from stdin and writes a line of JSON, then the bytes of the
preview, to stdout. Decoders are where files bite: what eats memory or time, or brings a library down, ends here.
`orders.evidence_files.apart` starts them. They know neither Django nor settings.
"""
