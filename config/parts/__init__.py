"""The embedded parts: a real PostgreSQL and a real Valkey from wheels. No Django here."""
