"""A sandbox Telegram: it speaks the Bot API over HTTP, shows every chat as a web page and can be told to fail.

It knows nothing of the product: neither Django nor aiogram may be imported here.
"""
