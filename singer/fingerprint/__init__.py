"""What a song is known by when no mark is left: the contour of its melody, found again in a sound."""

from singer.fingerprint.contour import Contour, contour_of, pack, unpack
from singer.fingerprint.salience import Salience, salience_of

__all__ = ["Contour", "Salience", "contour_of", "pack", "salience_of", "unpack"]
