"""A mark that every song carries: a 64-bit render id, keyed, read blind from excerpts and lossy copies."""

from singer.watermark.detect import Detection, confirm, detect, identify
from singer.watermark.embed import embed

__all__ = ["Detection", "confirm", "detect", "embed", "identify"]
