"""Pupils, classes, staff and teaching, row by row (B1, B2, B6)."""

import strawberry
from strawberry import UNSET

from hocba.documents.workbooks import SheetKey
from hocba.domain.values import Term
from hocba.schema.context import Info
from hocba.schema.docs import describe
from hocba.schema.upserts import UpsertPayload, YearInput, taken


@describe
@strawberry.input
class StudentInput:
    """A pupil: what is left out stays, null takes away.

    :ivar code: Mã học sinh.
    :ivar full_name: Họ và tên.
    :ivar class_name: Lớp of the year.
    :ivar birth_date: Ngày sinh, ISO.
    :ivar sex: Nam or Nữ.
    :ivar personal_id: Số định danh cá nhân, 12 digits; without it no transcript yet.
    :ivar register_number: Số đăng bộ.
    :ivar record_number: Mã số hồ sơ học tập suốt đời.
    :ivar birthplace: Nơi sinh.
    :ivar home_town: Quê quán.
    :ivar address: Chỗ ở hiện nay.
    :ivar ethnicity: Dân tộc.
    :ivar nationality: Quốc tịch.
    :ivar policy_group: Đối tượng chính sách.
    :ivar father: Họ và tên cha.
    :ivar father_occupation: Nghề nghiệp cha.
    :ivar mother: Họ và tên mẹ.
    :ivar mother_occupation: Nghề nghiệp mẹ.
    :ivar guardian: Họ và tên người giám hộ.
    :ivar guardian_occupation: Nghề nghiệp người giám hộ.
    :ivar since: Ngày vào lớp, ISO.
    """

    code: str
    full_name: str
    class_name: str
    birth_date: str | None = UNSET
    sex: str | None = UNSET
    personal_id: str | None = UNSET
    register_number: str | None = UNSET
    record_number: str | None = UNSET
    birthplace: str | None = UNSET
    home_town: str | None = UNSET
    address: str | None = UNSET
    ethnicity: str | None = UNSET
    nationality: str | None = UNSET
    policy_group: str | None = UNSET
    father: str | None = UNSET
    father_occupation: str | None = UNSET
    mother: str | None = UNSET
    mother_occupation: str | None = UNSET
    guardian: str | None = UNSET
    guardian_occupation: str | None = UNSET
    since: str | None = UNSET


@describe
@strawberry.input
class ClassInput:
    """A class of the year: what is left out stays, null takes away.

    :ivar name: Tên lớp.
    :ivar grade: Khối.
    :ivar homeroom: Mã nhân sự of the homeroom teacher.
    :ivar homeroom_basis: Căn cứ ký thay: by which decision he signs for one who no longer can.
    :ivar leader: Mã nhân sự of the leader who signs.
    :ivar leader_basis: Căn cứ ký thay of the leader.
    """

    name: str
    grade: int
    homeroom: str | None = UNSET
    homeroom_basis: str | None = UNSET
    leader: str | None = UNSET
    leader_basis: str | None = UNSET


@describe
@strawberry.input
class StaffInput:
    """A member of staff: what is left out stays; no role and no user name is ever taken away here.

    :ivar code: Mã nhân sự.
    :ivar full_name: Họ và tên.
    :ivar personal_id: Số định danh cá nhân, 12 digits.
    :ivar title: Chức vụ.
    :ivar username: Tên đăng nhập; ADMIN only.
    :ivar admin: Quản trị viên; ADMIN only.
    :ivar manager: Cán bộ quản lý; ADMIN only.
    :ivar issuer: Ký phát hành; ADMIN only, never to oneself.
    :ivar left_on: Ngày thôi việc, ISO.
    """

    code: str
    full_name: str
    personal_id: str | None = UNSET
    title: str | None = UNSET
    username: str | None = UNSET
    admin: bool | None = UNSET
    manager: bool | None = UNSET
    issuer: bool | None = UNSET
    left_on: str | None = UNSET


@describe
@strawberry.input
class AssignmentInput:
    """Who teaches a subject of a class.

    :ivar class_name: Lớp.
    :ivar subject: Môn học, by code or name.
    :ivar terms: Học kì; the teacher of term II signs the year's result.
    :ivar staff: Mã nhân sự.
    :ivar basis: Căn cứ ký thay: by which decision he signs for one who no longer can.
    """

    class_name: str
    subject: str
    terms: list[Term]
    staff: str
    basis: str | None = UNSET


@describe
@strawberry.input
class UpsertStudentsInput(YearInput):
    """Make or change pupils.

    :ivar students: At most 200.
    """

    students: list[StudentInput]


@describe
@strawberry.input
class UpsertClassesInput(YearInput):
    """Make or change classes.

    :ivar classes: At most 200.
    """

    classes: list[ClassInput]


@describe
@strawberry.input
class UpsertStaffInput(YearInput):
    """Make or change staff.

    :ivar staff: At most 200.
    """

    staff: list[StaffInput]


@describe
@strawberry.input
class UpsertAssignmentsInput(YearInput):
    """Say who teaches what.

    :ivar assignments: At most 200.
    """

    assignments: list[AssignmentInput]


@describe
@strawberry.type
class SchoolUpserts:
    """Making and changing a school's people and classes."""

    @strawberry.mutation
    async def upsert_students(self, info: Info, input: UpsertStudentsInput) -> UpsertPayload:
        """Make or change pupils, row by row (B1)."""
        return await taken(info, SheetKey.STUDENTS, input.students, input)

    @strawberry.mutation
    async def upsert_classes(self, info: Info, input: UpsertClassesInput) -> UpsertPayload:
        """Make or change classes, row by row (B2, B4)."""
        return await taken(info, SheetKey.CLASSES, input.classes, input)

    @strawberry.mutation
    async def upsert_staff(self, info: Info, input: UpsertStaffInput) -> UpsertPayload:
        """Make or change staff, row by row (B2)."""
        return await taken(info, SheetKey.STAFF, input.staff, input)

    @strawberry.mutation
    async def upsert_assignments(self, info: Info, input: UpsertAssignmentsInput) -> UpsertPayload:
        """Say who teaches what, row by row (B2)."""
        return await taken(info, SheetKey.ASSIGNMENTS, input.assignments, input)
