"""`python -m config.up`: everything that AI-РОП needs, on one machine, in the foreground, until Ctrl-C."""
