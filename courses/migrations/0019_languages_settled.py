"""One test a module and language, one address a language; no test without a language."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0018_languages_filled")]
    operations = [
        *[
            migrations.AlterField(
                model_name=name,
                name="translation_key",
                field=models.UUIDField(default=uuid.uuid4, editable=False),
            )
            for name in ("quiz", "rubric")
        ],
        *[
            migrations.AlterField(
                model_name=name,
                name="locale",
                field=models.ForeignKey(
                    editable=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="wagtailcore.locale",
                    verbose_name="locale",
                ),
            )
            for name in ("quiz", "rubric")
        ],
        migrations.AlterField(
            model_name="quiz",
            name="module",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quizzes",
                to="courses.modulepage",
                verbose_name="module",
            ),
        ),
        migrations.AlterField(
            model_name="quiz",
            name="slug",
            field=models.SlugField(
                help_text="Short and neutral, e.g. t-m3.", max_length=60, verbose_name="address"
            ),
        ),
        migrations.AlterField(
            model_name="rubric", name="code", field=models.SlugField(max_length=20, verbose_name="code")
        ),
        migrations.AlterUniqueTogether(name="quiz", unique_together={("translation_key", "locale")}),
        migrations.AlterUniqueTogether(name="rubric", unique_together={("translation_key", "locale")}),
        migrations.AddConstraint(
            model_name="quiz",
            constraint=models.UniqueConstraint(fields=("module", "locale"), name="one_quiz_a_module"),
        ),
        migrations.AddConstraint(
            model_name="quiz",
            constraint=models.UniqueConstraint(fields=("slug", "locale"), name="quiz_address_once"),
        ),
        migrations.AddConstraint(
            model_name="rubric",
            constraint=models.UniqueConstraint(fields=("code", "locale"), name="rubric_code_once"),
        ),
    ]
