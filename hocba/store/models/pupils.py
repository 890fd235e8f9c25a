"""Pupils, and their results of a year."""

from tortoise import fields
from tortoise.models import Model


class StudentRow(Model):
    """A pupil's profile (B1)."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    code = fields.CharField(max_length=40)
    full_name = fields.CharField(max_length=200)
    sort_key = fields.CharField(max_length=400)
    search_key = fields.CharField(max_length=400)
    personal_id = fields.CharField(max_length=12, default="")
    record_number = fields.CharField(max_length=40, default="", db_default="")  # mã số hồ sơ học tập suốt đời
    birth_date = fields.DateField(null=True)
    sex = fields.CharField(max_length=5, default="")
    birthplace = fields.CharField(max_length=300, default="")
    home_town = fields.CharField(max_length=300, default="")
    address = fields.CharField(max_length=300, default="")
    ethnicity = fields.CharField(max_length=60, default="")
    nationality = fields.CharField(max_length=60, default="")
    policy_group = fields.CharField(max_length=200, default="")
    father = fields.CharField(max_length=200, default="")
    father_occupation = fields.CharField(max_length=200, default="")
    mother = fields.CharField(max_length=200, default="")
    mother_occupation = fields.CharField(max_length=200, default="")
    guardian = fields.CharField(max_length=200, default="")
    guardian_occupation = fields.CharField(max_length=200, default="")
    register_number = fields.CharField(max_length=60, default="")

    class Meta:
        table = "student"
        indexes = (("school_id", "sort_key"), ("school_id", "personal_id"))
        unique_together = (("school_id", "code"),)


class EnrolmentRow(Model):
    """A pupil in a class of one school year.

    ``left_on``: the day from which he is in it no longer, or never was; what was entered for him stays, and
    nobody counts it.  ``hocba.store.enrolments`` asks for those who are there.
    """

    id = fields.UUIDField(primary_key=True)
    student_id = fields.UUIDField()
    class_id = fields.UUIDField(db_index=True)
    year = fields.CharField(max_length=9)
    since = fields.DateField(null=True)
    left_on = fields.DateField(null=True)

    class Meta:
        table = "enrolment"
        unique_together = (("student_id", "year"),)


class ResultRow(Model):
    """A pupil's results in one subject (B3).  Marks are the decimals or letters as printed."""

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField()
    subject = fields.CharField(max_length=20)
    term1 = fields.CharField(max_length=5, default="")
    term2 = fields.CharField(max_length=5, default="")
    year = fields.CharField(max_length=5, default="")
    reassessed = fields.CharField(max_length=5, default="")
    test = fields.CharField(max_length=5, default="", db_default="")  # điểm kiểm tra định kỳ, primary schools
    comment = fields.TextField(default="")
    exempt = fields.BooleanField(default=False)

    class Meta:
        table = "result"
        unique_together = (("enrolment_id", "subject"),)


class SummaryRow(Model):
    """A secondary pupil's year as a whole (B3)."""

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField(unique=True)
    learning_term1 = fields.CharField(max_length=5, default="")
    learning_term2 = fields.CharField(max_length=5, default="")
    learning_year = fields.CharField(max_length=5, default="")
    learning_after = fields.CharField(max_length=5, default="")
    conduct_term1 = fields.CharField(max_length=5, default="")
    conduct_term2 = fields.CharField(max_length=5, default="")
    conduct_year = fields.CharField(max_length=5, default="")
    conduct_after = fields.CharField(max_length=5, default="")
    absences = fields.IntField(null=True)
    promoted = fields.BooleanField(null=True)
    completed_level = fields.BooleanField(null=True)
    certificates = fields.TextField(default="")  # one a line
    contests = fields.TextField(default="")  # one a line
    awards = fields.TextField(default="")
    homeroom_comment = fields.TextField(default="")
    summer_comment = fields.TextField(default="")
    principal_approval = fields.TextField(default="")
    unassessed = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "summary"


class PrimarySummaryRow(Model):
    """A primary pupil's year as a whole (B3; TT 27/2020).

    ``qualities`` and ``abilities``: code -> letter, as the regulations name them.
    """

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField(unique=True)
    overall = fields.CharField(max_length=5, default="")
    qualities: fields.JSONField[dict[str, str]] = fields.JSONField()
    abilities: fields.JSONField[dict[str, str]] = fields.JSONField()
    qualities_comment = fields.TextField(default="")
    general_abilities_comment = fields.TextField(default="")
    specific_abilities_comment = fields.TextField(default="")
    absences_with_leave = fields.IntField(null=True)  # days
    absences_without_leave = fields.IntField(null=True)  # days
    height = fields.CharField(max_length=6, default="")  # centimetres
    weight = fields.CharField(max_length=6, default="")  # kilograms
    promoted = fields.BooleanField(null=True)
    completed_grade = fields.BooleanField(null=True)
    completed_level = fields.BooleanField(null=True)
    completion = fields.TextField(default="")
    awards = fields.TextField(default="")
    sudden_awards = fields.TextField(default="")
    homeroom_comment = fields.TextField(default="")
    unassessed = fields.BooleanField(default=False)

    class Meta:
        table = "primary_summary"


class EarlierYearRow(Model):
    """A school year that a pupil spent elsewhere, for *Quá trình học tập*.

    One without a school was taken back.
    """

    id = fields.UUIDField(primary_key=True)
    student_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    class_name = fields.CharField(max_length=40)
    school_name = fields.CharField(max_length=200)
    since = fields.DateField(null=True)

    class Meta:
        table = "earlier_year"
        unique_together = (("student_id", "year"),)


class OverrideRow(Model):
    """Why a value of a pupil's year stands against a rule that says otherwise.

    One without a reason was taken back.
    """

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField()
    rule = fields.CharField(max_length=40)
    reason = fields.TextField()

    class Meta:
        table = "rule_override"
        unique_together = (("enrolment_id", "rule"),)
