"""Forms with files, as they are sent from outside."""

Part = str | tuple[str, bytes]
"""A text, or a file as (name, content)."""


def form_of(fields: dict[str, Part | list[Part]]) -> bytes:
    """As browsers and programs send one; nothing of it is made harmless first."""
    lines = []
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            head = f'--photos\r\nContent-Disposition: form-data; name="{name}"'
            if isinstance(value, tuple):
                lines.append(
                    f'{head}; filename="{value[0]}"\r\nContent-Type: image/png\r\n\r\n'.encode() + value[1]
                )
            else:
                lines.append(f"{head}\r\n\r\n{value}".encode())
    return b"\r\n".join([*lines, b"--photos--\r\n"])
