"""What happens to songs out in the world, done here to see what their watermark survives."""

from singer.evaluation.attacks.model import Attack, Clip, Row
from singer.evaluation.attacks.suite import ATTACKS, ROWS

__all__ = ["ATTACKS", "ROWS", "Attack", "Clip", "Row"]
