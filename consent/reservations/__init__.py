"""Opt-outs: what somebody does not want to be used, and how training, enrolment and singing ask first."""

from __future__ import annotations

from consent.reservations.door import Reservations
from consent.reservations.recordings import Sound, hits_of_recordings
from consent.reservations.reservation import Reservation, ReservationError
from consent.reservations.songs import hits_of_song

__all__ = ["Reservation", "ReservationError", "Reservations", "Sound", "hits_of_recordings", "hits_of_song"]
