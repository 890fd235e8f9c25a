"""What a school was called before, and pupils who are in a class no longer.  Made from the models."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hocba', '0004_people')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FormerSchoolRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('school_id', fields.UUIDField()),
                ('until', fields.DateField()),
                ('name', fields.CharField(max_length=200)),
                ('department_code', fields.CharField(max_length=20)),
                ('department', fields.CharField(max_length=200)),
                ('commune', fields.CharField(max_length=200)),
                ('province', fields.CharField(max_length=200)),
            ],
            options={'table': 'former_school', 'app': 'hocba', 'unique_together': (('school_id', 'until'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='EnrolmentRow',
            name='left_on',
            field=fields.DateField(null=True),
        ),
    ]
