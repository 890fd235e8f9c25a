"""What the teachers of each level teach.

A primary class has its own teacher for most subjects and specialists for the rest.  At the secondary levels
teachers have one or two subjects, and the homeroom teacher has *Hoạt động trải nghiệm, hướng nghiệp* too;
in lower secondary schools *GDCD* goes with *Ngữ văn* in every second class, and the vice principal gives
*Nội dung giáo dục của địa phương* in grade 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hocba.domain.values import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Speciality:
    """Teachers of the same subjects.

    :ivar few: classes of one teacher in a small school.
    :ivar many: the same in a large one.
    """

    subjects: tuple[str, ...]
    few: int
    many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """How a level's classes are taught.

    :ivar homerooms: how many of the specialities, the first ones, give the homeroom teachers.
    :ivar by_homeroom: the subject that goes with being a homeroom teacher.
    :ivar handed_over: the subject that changed hands in the last class.
    :ivar often_with: subject and the other one whose teacher has it in every second class.
    :ivar by_leader: the subject that the vice principal gives in the last grade.
    """

    specialities: tuple[Speciality, ...]
    homerooms: int
    by_homeroom: str
    handed_over: str
    often_with: tuple[tuple[str, str], ...] = ()
    by_leader: str = ""


def _of(*subjects: str, few: int, many: int) -> Speciality:
    return Speciality(subjects=subjects, few=few, many=many)


TEACHING: Mapping[Level, Teaching] = {
    Level.TH: Teaching(
        specialities=(
            _of("TV", "TOAN", "DAODUC", "TNXH", "LSDL", "KH", few=1, many=1),
            _of("NN1", few=5, many=6),
            _of("TIN", "CN", few=5, many=10),
            _of("GDTC", few=5, many=10),
            _of("AMNHAC", few=5, many=12),
            _of("MITHUAT", few=5, many=12),
        ),
        homerooms=1,
        by_homeroom="HDTN",
        handed_over="MITHUAT",
    ),
    Level.THCS: Teaching(
        specialities=(
            _of("TOAN", few=2, many=4),
            _of("NGUVAN", few=2, many=4),
            _of("KHTN", few=2, many=4),
            _of("LSDL", "NDGDDP", few=2, many=4),
            _of("NN1", few=2, many=6),
            _of("TIN", "CN", few=4, many=7),
            _of("GDCD", few=4, many=16),
            _of("GDTC", few=4, many=8),
            _of("NT", few=4, many=8),
            _of("NN2", few=4, many=5),
        ),
        homerooms=5,
        by_homeroom="HDTNHN",
        handed_over="TIN",
        often_with=(("GDCD", "NGUVAN"),),
        by_leader="NDGDDP",
    ),
    Level.THPT: Teaching(
        specialities=(
            _of("TOAN", few=2, many=4),
            _of("NGUVAN", few=2, many=4),
            _of("NN1", few=2, many=4),
            _of("LICHSU", "NDGDDP", few=4, many=6),
            _of("VATLI", "CN", few=4, many=4),
            _of("HOAHOC", few=4, many=5),
            _of("SINHHOC", few=4, many=5),
            _of("DIALI", few=4, many=5),
            _of("GDKTPL", few=4, many=5),
            _of("TIN", few=4, many=7),
            _of("AMNHAC", few=4, many=8),
            _of("MITHUAT", few=4, many=8),
            _of("GDQPAN", few=4, many=10),
            _of("GDTC", few=4, many=8),
            _of("NN2", few=4, many=5),
        ),
        homerooms=4,
        by_homeroom="HDTNHN",
        handed_over="NDGDDP",
    ),
}
