"""What fields are called where people read."""

from __future__ import annotations

from gitsm.schema.shape import Shape


def label_of(key: str, shape: Shape | None = None) -> str:
    """What a field is called where people read: the schema's own name, or its key as words."""
    if shape is not None and shape.title and len(shape.title) <= 60:
        return shape.title
    words = " ".join(key.replace("_", " ").replace("-", " ").split())
    return {"rto": "RTO", "rpo": "RPO", "csat": "CSAT"}.get(key, words[:1].upper() + words[1:]) or key
