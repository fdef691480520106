from django.db import migrations

from courses.pages.rules import references

KINDS = {
    "image": ("wagtailimages", "image"),
    "media": ("wagtailmedia", "media"),
    "document": ("wagtaildocs", "document"),
}


def note_uses(apps, _editor):
    """What versions of before show: it stays in the library while a cohort uses them."""
    uses = apps.get_model("courses", "ContentUse")
    for version in apps.get_model("courses", "ContentVersion").objects.iterator():
        for kind, pk in sorted(references(version.content)):
            if kind in KINDS and apps.get_model(*KINDS[kind]).objects.filter(pk=pk).exists():
                uses.objects.get_or_create(version=version, **{f"{kind}_id": pk})


class Migration(migrations.Migration):
    dependencies = [("courses", "0015_blocks")]
    operations = [migrations.RunPython(note_uses, migrations.RunPython.noop)]
