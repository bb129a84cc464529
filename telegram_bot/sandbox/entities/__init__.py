"""Text with entities: parsed, checked, found and shown as Telegram does it. Offsets are UTF-16 code units."""
