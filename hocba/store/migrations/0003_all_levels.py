"""Primary schools, schools of several levels, pupils from elsewhere, acting signers.

Made from the models, but for one thing: a school's one level becomes its list of levels.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hocba', '0002_guards')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EarlierYearRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('student_id', fields.UUIDField()),
                ('year', fields.CharField(max_length=9)),
                ('class_name', fields.CharField(max_length=40)),
                ('school_name', fields.CharField(max_length=200)),
                ('since', fields.DateField(null=True)),
            ],
            options={'table': 'earlier_year', 'app': 'hocba', 'unique_together': (('student_id', 'year'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OverrideRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('enrolment_id', fields.UUIDField()),
                ('rule', fields.CharField(max_length=40)),
                ('reason', fields.TextField(unique=False)),
            ],
            options={'table': 'rule_override', 'app': 'hocba', 'unique_together': (('enrolment_id', 'rule'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PrimarySummaryRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('enrolment_id', fields.UUIDField(unique=True)),
                ('overall', fields.CharField(default='', max_length=5)),
                ('qualities', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('abilities', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('qualities_comment', fields.TextField(default='', unique=False)),
                ('general_abilities_comment', fields.TextField(default='', unique=False)),
                ('specific_abilities_comment', fields.TextField(default='', unique=False)),
                ('absences_with_leave', fields.IntField(null=True)),
                ('absences_without_leave', fields.IntField(null=True)),
                ('height', fields.CharField(default='', max_length=6)),
                ('weight', fields.CharField(default='', max_length=6)),
                ('promoted', fields.BooleanField(null=True)),
                ('completed_grade', fields.BooleanField(null=True)),
                ('completed_level', fields.BooleanField(null=True)),
                ('completion', fields.TextField(default='', unique=False)),
                ('awards', fields.TextField(default='', unique=False)),
                ('sudden_awards', fields.TextField(default='', unique=False)),
                ('homeroom_comment', fields.TextField(default='', unique=False)),
                ('unassessed', fields.BooleanField(default=False)),
            ],
            options={'table': 'primary_summary', 'app': 'hocba', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='AssignmentRow',
            name='basis',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='ClassRow',
            name='homeroom_basis',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='ClassRow',
            name='leader_basis',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='PrintConfigurationRow',
            name='primary_profile',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='ResultRow',
            name='test',
            field=fields.CharField(default='', db_default='', max_length=5),
        ),
        ops.RenameField(model_name='SchoolRow', old_name='level', new_name='levels'),
        ops.AlterField(
            model_name='SchoolRow',
            name='levels',
            field=fields.CharField(max_length=20),
        ),
        ops.AddField(
            model_name='SlotRow',
            name='basis',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddField(
            model_name='StudentRow',
            name='record_number',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddIndex(
            model_name='StudentRow',
            index=Index(fields=['school_id', 'personal_id']),
        ),
        ops.AddField(
            model_name='SummaryRow',
            name='unassessed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
