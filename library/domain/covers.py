"""A cover drawn from a number: ten strokes, as in the mark, in two hues. No two look alike."""

from __future__ import annotations

STROKES = 10
SIZE = 480
STEP = SIZE / STROKES


def cover_svg(seed: int) -> str:
    """Return a square SVG; the same ``seed`` draws the same picture."""
    hue = seed % 360
    other = (hue + 140 + (seed >> 9) % 80) % 360
    bars = []
    for index in range(STROKES):
        height = 80 + (seed >> (16 + 5 * index)) % 32 * 11
        x, y = index * STEP + STEP * 0.2, SIZE - 40 - height
        shade = 58 + (seed >> (70 + 3 * index)) % 8 * 4
        fill = f"hsl({other} 55% {shade}%)"
        bars.append(
            f'<rect x="{x:.0f}" y="{y}" width="{STEP * 0.6:.0f}" height="{height}" fill="{fill}"/>'
        )
    ground = f'<rect width="{SIZE}" height="{SIZE}" fill="hsl({hue} 35% 24%)"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f"{ground}{''.join(bars)}</svg>"
    )
