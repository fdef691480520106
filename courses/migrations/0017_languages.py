"""What is said in several languages: rows for each, and versions that mean the same. 0017 fills, 0018 settles."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0016_blocks_in_use"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]
    operations = [
        migrations.AddField(
            model_name="contentversion",
            name="meaning",
            field=models.CharField(default="", max_length=64, verbose_name="meaning"),
        ),
        migrations.AddField(
            model_name="cohortcontent",
            name="module_key",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="translation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="courses.contentversion",
            ),
        ),
        migrations.RenameField("quiz", "key", "translation_key"),
        migrations.RenameField("rubric", "key", "translation_key"),
        *[
            migrations.AddField(
                model_name=name,
                name="locale",
                field=models.ForeignKey(
                    editable=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="wagtailcore.locale",
                    verbose_name="locale",
                ),
            )
            for name in ("quiz", "rubric")
        ],
    ]
