"""How the parts of normalising give an entry up."""

from toolmind_assets.model.drops import DropReason


class RejectedError(Exception):
    """An entry cannot be normalised; `normalize` turns this into a dropped row, it never leaves the stage."""

    def __init__(self, reason: DropReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
