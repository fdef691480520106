"""Demo accounts: one per role, with a password or a PIN made on this machine and shown to its owner."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group

from cms.users.cards import draw_pin
from cms.users.models import User
from cms.users.roles import ADMINISTRATOR, COORDINATOR, OBSERVER, OFFICER, REVIEWER, TRAINEE, TRAINER

WORDS = [
    *[
        "agua",
        "arena",
        "azul",
        "barco",
        "bosque",
        "brisa",
        "cacao",
        "camino",
        "canto",
        "cielo",
        "coral",
        "flor",
    ],
    *["fuego", "jade", "lago", "luna", "luz", "maiz", "mango", "mar", "milpa", "monte", "nube", "palma"],
    *[
        "piedra",
        "puente",
        "rio",
        "sal",
        "selva",
        "sol",
        "sombra",
        "tierra",
        "trigo",
        "viento",
        "volcan",
        "yuca",
    ],
]
ACCOUNTS = [
    ("formadora", TRAINER),
    ("formadora2", TRAINER),
    ("revisora", REVIEWER),
    ("coordinadora", COORDINATOR),
    ("administradora", ADMINISTRATOR),
    ("administradora2", ADMINISTRATOR),
    ("funcionaria", OFFICER),
    ("observadora", OBSERVER),
    ("promotora", TRAINEE),
    ("egresada", TRAINEE),
]


def _password() -> str:
    """Four words and a number, easy to type on a phone: about 30 bits."""
    words = secrets.SystemRandom().sample(WORDS, 4)
    return "-".join([*words, str(secrets.randbelow(900) + 100)])


def _give_secret(user: User, role: str) -> str:
    """A PIN for a trainee, a password for everybody else."""
    secret = draw_pin(user.username) if role == TRAINEE else _password()
    (user.set_pin if role == TRAINEE else user.set_password)(secret)
    return secret


def _path() -> Path:
    return Path(settings.DATA_DIR) / "demo-accounts.txt"


def ensure_accounts() -> dict[str, User]:
    """Every demo account, made if missing; new secrets are written to DATA_DIR/demo-accounts.txt (0600)."""
    known = _path().exists()
    users, lines = {}, []
    for username, role in ACCOUNTS:
        user, is_new = User.objects.get_or_create(username=username)
        if is_new or not known:
            secret = _give_secret(user, role)
            user.save()
            user.groups.set([Group.objects.get(name=role)])
            lines.append(f"{role}\t{username}\t{secret}")
        users[username] = user
    if lines:
        _write(lines, append=known)
    return users


def _write(lines: list[str], *, append: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
    with os.fdopen(os.open(_path(), flags, 0o600), "a") as file:
        file.write("".join(line + "\n" for line in lines))
