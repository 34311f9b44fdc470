"""A mark that every song carries: a 64-bit render id, keyed, read blind from excerpts and lossy copies."""

from singer.watermark.candidates import confirm, identify
from singer.watermark.detect import detect, detect_stream
from singer.watermark.embed import embed
from singer.watermark.statistic import Detection

__all__ = ["Detection", "confirm", "detect", "detect_stream", "embed", "identify"]
