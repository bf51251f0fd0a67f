"""Writes of identity: people and their roles, ways in, sessions, one-time keys, API keys, the audit log."""

from entrepot.domains.identity.services.api_keys import create_api_key, note_key_use, revoke_api_key
from entrepot.domains.identity.services.audit import _record_audit
from entrepot.domains.identity.services.factors import (
    add_code_app,
    confirm_code_app,
    make_recovery_codes,
    remove_code_app,
    take_code,
)
from entrepot.domains.identity.services.keys import forget_keys, issue_key, take_code_key, take_key
from entrepot.domains.identity.services.logins import (
    authenticate,
    end_session,
    end_sessions,
    forget_failures,
    forget_sessions,
    open_session,
    prove_session,
    see_session,
)
from entrepot.domains.identity.services.passkeys import (
    add_passkey,
    begin_passkey,
    begin_passkey_login,
    remove_passkey,
    take_passkey,
)
from entrepot.domains.identity.services.people import (
    create_user,
    deactivate,
    erase_user,
    invite_anew,
    invite_staff,
    reactivate,
    rename_user,
    set_language,
    set_password,
)
from entrepot.domains.identity.services.roles import (
    grant,
    remove_role,
    require_second_factor,
    revoke,
    save_role,
    set_up_roles,
)
from entrepot.domains.identity.services.views import remove_view, save_view, set_theme

__all__ = [
    "_record_audit",
    "add_code_app",
    "add_passkey",
    "authenticate",
    "begin_passkey",
    "begin_passkey_login",
    "confirm_code_app",
    "create_api_key",
    "create_user",
    "deactivate",
    "end_session",
    "end_sessions",
    "erase_user",
    "forget_failures",
    "forget_keys",
    "forget_sessions",
    "grant",
    "invite_anew",
    "invite_staff",
    "issue_key",
    "make_recovery_codes",
    "note_key_use",
    "open_session",
    "prove_session",
    "reactivate",
    "remove_code_app",
    "remove_passkey",
    "remove_role",
    "remove_view",
    "rename_user",
    "require_second_factor",
    "revoke",
    "revoke_api_key",
    "save_role",
    "save_view",
    "see_session",
    "set_language",
    "set_password",
    "set_theme",
    "set_up_roles",
    "take_code",
    "take_code_key",
    "take_key",
    "take_passkey",
]
