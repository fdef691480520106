
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0006_languages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='observation',
            name='comment',
            field=models.CharField(blank=True, max_length=200, verbose_name='comment'),
        ),
        migrations.AddField(
            model_name='observation',
            name='device',
            field=models.CharField(blank=True, max_length=40, verbose_name='device'),
        ),
        migrations.AddField(
            model_name='observation',
            name='event',
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='observation',
            name='second',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quiz',
            name='moment',
            field=models.CharField(blank=True, choices=[('before', 'what they know before'), ('after', 'what they know after')], help_text='For a test given before and another one after: what a cohort gained is shown.', max_length=6, verbose_name='measures'),
        ),
        migrations.CreateModel(
            name='QuestionFix',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='decided')),
                ('question', models.CharField(max_length=64)),
                ('accepted', models.JSONField(default=list, verbose_name='right options')),
                ('leaves_out', models.BooleanField(default=False, verbose_name='left out')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.contentversion')),
            ],
            options={
                'verbose_name': 'question put right',
                'verbose_name_plural': 'questions put right',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Regrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='decided')),
                ('gained', models.PositiveIntegerField(verbose_name='who gain')),
                ('lost', models.PositiveIntegerField(verbose_name='who lose')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fix', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='regrade', to='courses.questionfix')),
            ],
            options={
                'verbose_name': 'regrading',
                'verbose_name_plural': 'regradings',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AnswerReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='decided')),
                ('question', models.CharField(max_length=64)),
                ('points', models.PositiveSmallIntegerField(verbose_name='points')),
                ('feedback', models.CharField(blank=True, max_length=300, verbose_name='what to tell her')),
                ('asks_second', models.BooleanField(default=False, verbose_name='a colleague reads it too')),
                ('is_decision', models.BooleanField(default=False)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='courses.attempt')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reading of an answer',
                'verbose_name_plural': 'readings of answers',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_decision', False)), fields=('attempt', 'question', 'by'), name='reader_reads_an_answer_once'), models.UniqueConstraint(condition=models.Q(('is_decision', True)), fields=('attempt', 'question'), name='answer_decided_once'), models.CheckConstraint(condition=models.Q(('points__lte', 1)), name='answer_is_worth_a_point')],
            },
        ),
        migrations.CreateModel(
            name='OutingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(verbose_name='in')),
                ('ended_at', models.DateTimeField(verbose_name='out')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes that count')),
                ('at', models.DateTimeField(verbose_name='noted')),
                ('device', models.CharField(blank=True, max_length=40, verbose_name='device')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outing_notes', to='courses.enrolment')),
                ('pair_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.enrolment')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outing_notes', to='courses.classsession')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='courses.outingnote')),
            ],
            options={
                'verbose_name': 'outing note',
                'verbose_name_plural': 'outing notes',
                'ordering': ['session', 'enrolment', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes__isnull', True)), fields=('session', 'enrolment'), name='outing_first_note_once'), models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('started_at'))), name='outing_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='RegradeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('correct', models.PositiveSmallIntegerField()),
                ('total', models.PositiveSmallIntegerField()),
                ('has_passed', models.BooleanField()),
                ('correct_before', models.PositiveSmallIntegerField()),
                ('total_before', models.PositiveSmallIntegerField()),
                ('passed_before', models.BooleanField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regrades', to='courses.attempt')),
                ('regrade', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='courses.regrade')),
            ],
            options={
                'verbose_name': 'line of a regrading',
                'verbose_name_plural': 'lines of regradings',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('regrade', 'attempt'), name='regraded_once')],
            },
        ),
        migrations.CreateModel(
            name='ResultOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='decided')),
                ('correct', models.PositiveSmallIntegerField(verbose_name='right answers')),
                ('total', models.PositiveSmallIntegerField(verbose_name='questions')),
                ('has_passed', models.BooleanField(verbose_name='passed')),
                ('reason', models.CharField(choices=[('unclear', 'a question could be understood in two ways'), ('spoken', 'she answered aloud'), ('failed', 'the phone, the light or the signal failed'), ('reread', 'an answer was read again'), ('mistake', 'the change before was a mistake')], max_length=8, verbose_name='reason')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='courses.attempt')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'result set by hand',
                'verbose_name_plural': 'results set by hand',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('correct__lte', models.F('total'))), name='override_within_total')],
            },
        ),
    ]
