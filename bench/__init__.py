"""How far AI-РОП is from PostgreSQL's own speed: `python -m bench`. docs/bench.md says how to read it."""
