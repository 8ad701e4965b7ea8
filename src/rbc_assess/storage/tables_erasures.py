"""The table of erasures: the ledger that is replayed after a restore. Importing this module completes the metadata."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base


class ErasureRow(Base):
    """That an enterprise was erased, when and by whom; ids alone.

    No foreign key: after a restore the ledger may name enterprises that the backup did not know yet.
    """

    __tablename__ = "erasure"

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str]
    requested_by: Mapped[str | None]
    credential: Mapped[str]
    erased_at: Mapped[datetime]
