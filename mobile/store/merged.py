"""Which records were merged into which: an old id keeps leading to the record that stands."""

DEPTH_MAX = 8


class Merged:
    """The survivors by the ids of what was merged into them."""

    def __init__(self) -> None:
        self._survivors: dict[str, str] = {}

    def known(self) -> dict[str, str]:
        """All of them."""
        return dict(self._survivors)

    def put(self, record: str, survivor: str) -> bool:
        """Notes that a record was merged into that one, or into none; whether that is news."""
        before = self._survivors.get(record, "")
        if survivor:
            self._survivors[record] = survivor
        else:
            self._survivors.pop(record, None)
        return before != survivor

    def survivor(self, record: str) -> str:
        """The record that stands for it; the record itself if it was not merged."""
        for _ in range(DEPTH_MAX):  # two phones may have merged two records into each other
            onward = self._survivors.get(record)
            if onward is None:
                break
            record = onward
        return record
