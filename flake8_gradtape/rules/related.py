"""Which rules are about the same thing, for those who read about one of them."""

from __future__ import annotations

SUBJECTS: dict[str, tuple[str, ...]] = {
    "what the tape watches": ("TAP101", "TAP104", "TAP108", "TAP205", "TAP404", "TAP501"),
    "computations while the tape is not recording": ("TAP103", "TAP110", "TAP202", "TAP303", "TAP504"),
    "a source that is not the object computed with": ("TAP102", "TAP107", "TAP109", "TAP112", "TAP113"),
    "paths on which there is no gradient": ("TAP105", "TAP106", "TAP111", "TAP114", "TAP115", "TAP206", "TAP505"),
    "asking a tape several times": ("TAP201", "TAP401", "TAP403", "TAP508"),
    "recordings that persistent tapes keep": ("TAP301", "TAP302", "TAP304", "TAP403"),
    "entering a tape": ("TAP202", "TAP203", "TAP302"),
    "derivatives of derivatives": ("TAP110", "TAP210", "TAP401", "TAP402", "TAP506"),
    "variables and optimizers": ("TAP107", "TAP114", "TAP207", "TAP208", "TAP211", "TAP506"),
    "arguments that do not fit": ("TAP113", "TAP204", "TAP205", "TAP208", "TAP213"),
    "`output_gradients`": ("TAP502", "TAP503"),
    "values that are silently wrong": ("TAP501", "TAP504", "TAP505", "TAP507"),
    "what a tape, or TensorFlow outside of a graph, does not offer": ("TAP209", "TAP212"),
}
"""Subjects, and the codes of the rules that are about each."""


def related(code: str) -> dict[str, tuple[str, ...]]:
    """Give the other rules that are about a subject of this one, by subject."""
    return {
        subject: tuple(other for other in codes if other != code)
        for subject, codes in SUBJECTS.items()
        if code in codes
    }
