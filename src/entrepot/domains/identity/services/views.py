"""How a person wants the console: saved views of its lists, light or dark."""

from __future__ import annotations

from entrepot.domains.identity.models import SavedView, User
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

THEMES = ("", "light", "dark")
SHARE = "identity.share_views"
MOST = 30


@service("identity.manage_own")
def save_view(*, actor: Actor, page: str, name: str, query: str, shared: bool = False, is_default: bool = False) -> str:
    """Save a list's filters and order under a name, in place of an own view of that name; return its public id.

    Args:
        query: what stands behind the question mark of the list's address.
        shared: show it to everybody who sees the list; needs identity.share_views.
        is_default: the list opens with it; another default of the person gives way.
    Raises:
        InvalidInput: the name is empty or too long, or there are too many views.
        PermissionDenied: only some roles share views.
    """
    words = " ".join(name.split())
    if not 0 < len(words) <= 40:
        raise InvalidInput(field=N_("Name"), value=name[:60], rule=N_("Give the view a name of at most 40 characters."))
    if len(query) > 500:
        raise InvalidInput(field=N_("Filters"), value="", rule=N_("These filters are too long to be kept."))
    if shared:
        actor.require(SHARE)
    user = User.objects.select_for_update().get(public_id=actor.id)
    mine = SavedView.objects.filter(user=user, page=page)
    if mine.exclude(name=words).count() >= MOST:
        raise InvalidInput(field=N_("Name"), value=words, rule=N_("Take a view away first; 30 of a list are enough."))
    if is_default:
        mine.exclude(name=words).filter(is_default=True).update(is_default=False)
    row, _ = SavedView.objects.update_or_create(
        user=user, page=page, name=words, defaults={"query": query, "shared": shared, "is_default": is_default}
    )
    return str(row.public_id)


@service("identity.manage_own")
def remove_view(*, actor: Actor, view_id: str) -> str:
    """Take a saved view away and return its list's page; another's, if shared, needs identity.share_views.

    Raises NotFound for one that is not there or not to be seen, PermissionDenied.
    """
    row = SavedView.objects.filter(public_id=view_id).select_related("user").first()
    if row is None or (not row.shared and str(row.user.public_id) != actor.id):
        raise NotFound(kind="view", key=view_id[:60])
    if str(row.user.public_id) != actor.id:
        actor.require(SHARE)
    row.delete()
    return row.page


@service("identity.manage_own")
def set_theme(*, actor: Actor, theme: str) -> None:
    """Keep whether a person wants the console light, dark or ("") as the device has it."""
    if theme not in THEMES:
        raise InvalidInput(field=N_("Look"), value=theme[:10], rule=N_("It is light, dark or as the device has it."))
    User.objects.filter(public_id=actor.id).update(theme=theme)
