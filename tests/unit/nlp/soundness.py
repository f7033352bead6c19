"""What holds of every reading, whatever the text: checked by the properties and by the fuzzer."""

from nlp.values import Reading


def require_soundness(text: str, found: Reading) -> None:
    """Every place lies within the text, every line's source is what stands there, and it can be handed out."""
    spans = [
        *(line.span for line in found.lines),
        *(part.span for line in found.lines for part in line.parts),
        *(matter.span for matter in found.also),
        *found.left_over,
    ]
    assert all(0 <= start <= end <= len(text) for start, end in spans), spans
    for line in found.lines:
        start, end = line.span
        assert len(line.source) == end - start, (line.source, line.span)
    found.as_json()
