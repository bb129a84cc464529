"""The composition: settings, addresses, Celery, and the parts that `make up` starts."""
