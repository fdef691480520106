"""Public pictures and sounds in a bucket that all web hosts share, under this site's own address."""

from urllib.parse import quote, urljoin

from django.conf import settings
from storages.backends.s3 import S3Storage


class SharedMedia(S3Storage):
    """S3-style storage that no browser is ever sent to: pages name `/media/…`, and the proxy fetches it."""

    def url(
        self,
        name: str,
        parameters: object = None,
        expire: object = None,
        http_method: object = None,
    ) -> str:
        """The address on this site; it never expires."""
        return urljoin(settings.MEDIA_URL, quote(name.lstrip("/")))
