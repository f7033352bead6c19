"""The trace of a reading as text, for `explain`."""

from __future__ import annotations

from nlp.values import Reading, plain


def explain_text(reading: Reading) -> str:
    """Every step in order with what it decided; then each line's values with score and runner-up."""
    intent = f"intent {reading.intent.value} ({reading.confidence:.2f})"
    out = [f"{intent}, language {reading.language}, revision {reading.revision}"]
    for entry in reading.trace:
        out.append(f"{entry.step}: {entry.decided}")
        out.extend(f"    {fact}" for fact in entry.facts)
    for number, line in enumerate(reading.lines, 1):
        amount = f"{plain(line.quantity)} {line.uom}"
        out.append(f"line {number}: {line.source!r} {line.status.value} {line.sku or '-'} {amount} ({line.confidence})")
        for part in line.parts:
            rival = f", runner-up {part.runner_up}" if part.runner_up else ""
            out.append(f"    {part.name} {part.text!r} at {part.span}: {part.value or '-'} score {part.score}{rival}")
        out.extend(f"    choice {c.sku} {plain(c.quantity)} {c.uom} ({c.confidence}): {c.why}" for c in line.candidates)
    return "\n".join(out)
