"""The language of each test and rubric, the module of each pin, the meaning of each frozen version."""

from django.db import migrations

from courses.pages.meaning import meaning_of

STEP = 4  # letters of a treebeard path that each level takes


def fill(apps, _editor):
    """Every test belongs to the language of its module; a version means what it says."""
    pages = apps.get_model("wagtailcore", "Page").objects
    pins = apps.get_model("courses", "CohortContent").objects
    for name in ("Quiz", "Rubric"):
        for one in apps.get_model("courses", name).objects.select_related("module"):
            one.locale_id = one.module.locale_id
            one.save(update_fields=["locale"])
            pins.filter(key=one.translation_key).update(module_key=one.module.translation_key)
    versions = apps.get_model("courses", "ContentVersion").objects
    for version in versions.filter(meaning="").iterator():
        versions.filter(pk=version.pk).update(meaning=meaning_of(version.title, version.content))
    modules = {}
    lessons = pins.filter(kind="lesson", module_key=None).values_list("cohort", "module_number", "key")
    for cohort, number, key in lessons:
        if (cohort, number) not in modules:
            lesson = pages.filter(translation_key=key).first()
            parent = lesson and pages.filter(path=lesson.path[:-STEP]).first()
            if parent is not None:
                modules[cohort, number] = parent.translation_key
    for (cohort, number), key in modules.items():
        pins.filter(cohort=cohort, module_number=number).update(module_key=key)


class Migration(migrations.Migration):
    dependencies = [("courses", "0017_languages")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
