"""What an order would do on the network, word for word, before it is given (design D5)."""

from desk.services.previews.model import SUSPENSION_COMES, Change, DeviceLook, NetworkPreview, Way, When
from desk.services.previews.rehearsal import Rehearse

__all__ = ["SUSPENSION_COMES", "Change", "DeviceLook", "NetworkPreview", "Rehearse", "Way", "When"]
