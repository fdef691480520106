"""Finding a diploma: by its folio in the database, by a name in memory, because names are sealed."""

from django.db.models import QuerySet

from certificates import names
from certificates.awards.models import Certificate

FOUND_AT_MOST = 200


def find(diplomas: QuerySet[Certificate], words: str) -> QuerySet[Certificate]:
    """Those of `diplomas` whose folio or name holds `words`; accents and case do not matter.

    Two queries, however many there are. Opening ten thousand names takes a second or two.
    """
    by_folio = diplomas.filter(folio__icontains=words.strip())
    if by_folio.exists():
        return by_folio
    wanted = names.normalise(words).split()
    if not wanted:
        return diplomas.none()
    found = []
    sealed = Certificate.objects.select_related("key").only("id", "sealed", "key__wrapped")
    for certificate in sealed.filter(key__wrapped__isnull=False).iterator(chunk_size=2000):
        told = names.normalise(certificate.name)
        if all(word in told for word in wanted):
            found.append(certificate.pk)
            if len(found) == FOUND_AT_MOST:
                break
    return diplomas.filter(pk__in=found)
