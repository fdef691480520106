"""The account: a user name, and a PIN (trainees) or a password (staff). No e-mail is needed."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

SECRET_FIELDS = ("password", "has_pin", "is_password_given")  # saved together, and alone
DESKS = ("wagtailadmin.access_admin", "certificates.recognise_acta")


class User(AbstractUser):
    """Someone who signs in. What she learns is kept with her Person, not here."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    has_pin = models.BooleanField(_("has a PIN"), default=False, editable=False)
    # Somebody else knows it: staff choose their own before anything opens (cms/users/second_step.py).
    is_password_given = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    @property
    def has_desk(self) -> bool:
        """Staff and the authority's officers: they sign in by password, never by PIN."""
        return any(map(self.has_perm, DESKS))

    def set_pin(self, pin: str) -> None:
        """Her secret is this PIN from now on. Save her afterwards."""
        super().set_password(pin)
        self.has_pin = True

    def set_password(self, raw_password: str | None) -> None:
        """Her secret is a password from now on: the PIN's door is closed to her."""
        super().set_password(raw_password)
        self.has_pin = self.is_password_given = False

    def give_password(self, raw_password: str) -> None:
        """The same by somebody else, who tells it to her: she chooses her own when she comes in."""
        self.set_password(raw_password)
        self.is_password_given = True

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is her secret. Django may hash it anew here, which changes nothing of its kind."""
        kind = self.has_pin, self.is_password_given
        is_right = super().check_password(raw_password)
        self.has_pin, self.is_password_given = kind
        return is_right


class KnownDevice(models.Model):
    """A browser in which this account has signed in, known by a random cookie of which the hash is kept."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)
    last_used_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "token_hash"], name="device_known_once_to_an_account"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OpenSession(models.Model):
    """A session of an account, so that she sees and ends it: what kind of device, and the day of last use."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.ForeignKey(KnownDevice, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=40, blank=True)
    last_used_on = models.DateField()

    class Meta:
        ordering = ["-last_used_on", "-pk"]

    def __str__(self) -> str:
        return str(self.pk)


class WrongTry(models.Model):
    """How often somebody was wrong lately. Who and where are keyed hashes only (cms/users/tries.py)."""

    subject = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    earlier_at = models.DateTimeField(null=True)  # what `last_at` was, should this try turn out to be right

    def __str__(self) -> str:
        return str(self.pk)


class SignInCard(models.Model):
    """A one-use card that staff make for a trainee. Its token, code and first PIN are kept as hashes only."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cards")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    first_pin = models.CharField(max_length=128)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sign-in card")
        verbose_name_plural = _("sign-in cards")
        default_permissions = ("add",)
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_card_an_account",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
