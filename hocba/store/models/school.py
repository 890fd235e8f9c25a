"""A school: its classes, its staffing, what is printed."""

from tortoise import fields
from tortoise.models import Model

from hocba.domain.values import Term


class SchoolRow(Model):
    """A school."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    levels = fields.CharField(max_length=20)  # one or more of th, thcs, thpt, with commas between
    department_code = fields.CharField(max_length=20, default="")
    department = fields.CharField(max_length=200, default="")
    commune = fields.CharField(max_length=200, default="")
    province = fields.CharField(max_length=200, default="")
    identity = fields.CharField(max_length=40, default="")  # MST:…
    ownership = fields.CharField(max_length=10, default="public", db_default="public")  # public | private

    class Meta:
        table = "school"


class FormerSchoolRow(Model):
    """What a school was called before it changed, and where it stood: transcripts of past years say so.

    ``until`` is the first day on which it held no longer.
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    until = fields.DateField()
    name = fields.CharField(max_length=200)
    department_code = fields.CharField(max_length=20)
    department = fields.CharField(max_length=200)
    commune = fields.CharField(max_length=200)
    province = fields.CharField(max_length=200)

    class Meta:
        table = "former_school"
        unique_together = (("school_id", "until"),)


class OrganisationRow(Model):
    """An authority: Bộ, Sở, Phòng, or UBND cấp xã.  Its staff are the people whose home it is."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=10)  # bo | so | phong | xa

    class Meta:
        table = "organisation"


class SupervisionRow(Model):
    """Who stands above whom, and from when to when: ``child_id`` is a school or an organisation.

    ``valid_to`` is the first day on which it holds no longer.
    """

    id = fields.UUIDField(primary_key=True)
    child_id = fields.UUIDField(db_index=True)
    parent_id = fields.UUIDField(db_index=True)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "supervision"


class ClassRow(Model):
    """A class of one school year, its homeroom teacher and the leader who signs for it (B2, B4).

    ``…_basis``: the decision by which that person acts for somebody who can sign no more.
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    name = fields.CharField(max_length=40)
    grade = fields.IntField()
    homeroom_id = fields.UUIDField(null=True)
    leader_id = fields.UUIDField(null=True)
    homeroom_basis = fields.CharField(max_length=300, default="", db_default="")
    leader_basis = fields.CharField(max_length=300, default="", db_default="")
    confirmed_at = fields.DatetimeField(null=True)  # B5, year-end
    confirmed_by = fields.UUIDField(null=True)

    class Meta:
        table = "class"
        indexes = (("homeroom_id",), ("leader_id",))
        unique_together = (("school_id", "year", "name"),)


class PrintConfigurationRow(Model):
    """*Cấu hình in học bạ* of a school year (B4); the leaders stand at the classes.

    ``primary_profile``: the document's profile for primary classes, empty for the usual one.
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    place = fields.CharField(max_length=200)
    written_on = fields.DateField()
    primary_profile = fields.CharField(max_length=20, default="", db_default="")

    class Meta:
        table = "print_configuration"
        unique_together = (("school_id", "year"),)


class AssignmentRow(Model):
    """Who teaches a subject of a class in a term (B2); ``basis`` as at a class."""

    id = fields.UUIDField(primary_key=True)
    class_id = fields.UUIDField()
    subject = fields.CharField(max_length=20)
    term = fields.CharEnumField(Term, max_length=1)
    person_id = fields.UUIDField(db_index=True)
    basis = fields.CharField(max_length=300, default="", db_default="")

    class Meta:
        table = "assignment"
        unique_together = (("class_id", "subject", "term"),)
