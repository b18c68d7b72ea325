"""What only one node may do at a time: poll a platform, read a mailbox, chain the audit."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, or_, update

from storage.database import insert_new
from storage.mail import Lease


def take_lease(session: Session, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Takes or prolongs a lease; False while another holds it."""
    until = now + timedelta(seconds=seconds)
    row = {"name": name, "holder": holder, "until": until}
    if insert_new(session, Lease, [row], Lease.name):
        return True
    mine_or_over = or_(col(Lease.holder) == holder, col(Lease.until) <= now)
    taken = session.exec(
        update(Lease)
        .where(col(Lease.name) == name, mine_or_over)
        .values(holder=holder, until=until)
        .execution_options(synchronize_session=False)
    )
    return taken.rowcount == 1


def give_up_lease(session: Session, name: str, holder: str) -> None:
    """Lets another node take over at once, when this one ends in an orderly way."""
    session.exec(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))
