"""Why a file did not pass: stable codes, and a sentence for each in Vietnamese and English.

Codes are added, never renamed or reused: other programs read them.  The sentences stand here,
beside the codes, because ``hocba verify`` is used by people who have nothing else of the product.
"""

from enum import StrEnum, auto


class Reason(StrEnum):
    """What a check found."""

    # the file
    NOT_XML = auto()
    NOT_A_TRANSCRIPT = auto()
    PROFILE_UNKNOWN = auto()
    SCHEMA_INVALID = auto()
    UNEXPECTED_NODE = auto()
    DUPLICATE_ID = auto()
    UNREADABLE_FILE = auto()
    # the plan
    PLAN_INVALID = auto()
    PLAN_DIFFERS = auto()
    SLOT_UNPLANNED = auto()
    SLOTS_OUT_OF_ORDER = auto()
    INCOMPLETE = auto()
    # one signature
    ID_WRONG = auto()
    REFERENCES_WRONG = auto()
    TARGET_MISPLACED = auto()
    ALGORITHM_FORBIDDEN = auto()
    DIGEST_MISMATCH = auto()
    SIGNATURE_INVALID = auto()
    ROLE_WRONG = auto()
    SHOWN_TIME_WRONG = auto()
    SHOWN_ID_WRONG = auto()
    TIMES_DIFFER = auto()
    TIMES_OUT_OF_ORDER = auto()
    # its certificate
    CERTIFICATE_UNREADABLE = auto()
    CERTIFICATE_SUBSTITUTED = auto()
    SUBJECT_WRONG = auto()
    CERTIFICATE_WRONG_KIND = auto()
    CERTIFICATE_WRONG_IDENTITY = auto()
    CERTIFICATE_NOT_REGISTERED = auto()
    CERTIFICATE_NOT_VALID_THEN = auto()
    CERTIFICATE_UNTRUSTED = auto()
    CERTIFICATE_WRONG_USAGE = auto()
    CERTIFICATE_WEAK = auto()
    CERTIFICATE_REVOKED = auto()
    REVOCATION_UNKNOWN = auto()
    NO_TRUST = auto()
    # the PDF and its seal
    PDF_UNREADABLE = auto()
    PDF_TOO_LARGE = auto()
    PDF_ENCRYPTED = auto()
    SEAL_MISSING = auto()
    SEAL_UNREADABLE = auto()
    SEAL_NOT_THE_ONLY_SIGNATURE = auto()
    SEAL_DOES_NOT_COVER_THE_FILE = auto()
    SEAL_OF_ANOTHER_KIND = auto()
    SEAL_DIGEST_WRONG = auto()
    SEAL_SIGNATURE_WRONG = auto()
    SEAL_TIME_MISSING = auto()
    SEAL_CERTIFICATE_DIFFERS = auto()
    ATTACHMENT_UNREADABLE = auto()
    ATTACHMENT_NOT_THE_ONLY_ONE = auto()
    ATTACHMENT_NOT_ASSOCIATED = auto()
    # the second judge
    JUDGES_DISAGREE = auto()


INDETERMINATE = frozenset({Reason.INCOMPLETE, Reason.NO_TRUST, Reason.REVOCATION_UNKNOWN})
"""A check that was required could not be made; every other reason says no."""

SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.NOT_XML: (
        "Tệp không phải là XML hợp lệ, hoặc chứa thành phần không được phép (DTD, thực thể, quá lớn).",
        "The file is not well-formed XML, or holds what may not be there (DTD, entities, excessive size).",
    ),
    Reason.NOT_A_TRANSCRIPT: ("Tệp không phải là học bạ số.", "The file is not a digital transcript."),
    Reason.PROFILE_UNKNOWN: (
        "Phiên bản học bạ (PHIEN_BAN) không xác định.",
        "The transcript's profile (PHIEN_BAN) is unknown.",
    ),
    Reason.SCHEMA_INVALID: (
        "Cấu trúc XML không đúng quy định.",
        "The structure of the XML is not the prescribed one.",
    ),
    Reason.UNEXPECTED_NODE: (
        "Tệp có thành phần lạ (chú thích, chỉ thị, thuộc tính, không gian tên hoặc văn bản ngoài quy định).",
        "The file holds something foreign (a comment, instruction, attribute, namespace or stray text).",
    ),
    Reason.DUPLICATE_ID: ("Một định danh (Id) xuất hiện nhiều lần.", "An Id occurs more than once."),
    Reason.UNREADABLE_FILE: (
        "Tệp không phải là XML hay PDF đọc được.",
        "The file is neither XML nor PDF that can be read.",
    ),
    Reason.PLAN_INVALID: (
        "Kế hoạch ký trong học bạ mâu thuẫn với nội dung học bạ.",
        "The signing plan in the transcript contradicts the transcript.",
    ),
    Reason.PLAN_DIFFERS: (
        "Kế hoạch ký của học bạ khác với kế hoạch mà nhà trường đã lập.",
        "The transcript's signing plan is not the one that the school made.",
    ),
    Reason.SLOT_UNPLANNED: (
        "Có chữ ký không nằm trong kế hoạch ký.",
        "There is a signature that the signing plan does not have.",
    ),
    Reason.SLOTS_OUT_OF_ORDER: (
        "Các chữ ký không theo thứ tự của kế hoạch ký.",
        "The signatures do not stand in the order of the signing plan.",
    ),
    Reason.INCOMPLETE: ("Học bạ chưa đủ chữ ký.", "Not everybody has signed yet."),
    Reason.ID_WRONG: (
        "Định danh của chữ ký không đúng với vị trí ký.",
        "An Id or Target in the signature is not the one its slot prescribes.",
    ),
    Reason.REFERENCES_WRONG: (
        "Chữ ký không bao phủ đúng phần dữ liệu quy định.",
        "The signature does not cover exactly what its slot prescribes.",
    ),
    Reason.TARGET_MISPLACED: (
        "Phần dữ liệu được ký không nằm đúng vị trí.",
        "What the signature covers does not stand where it must.",
    ),
    Reason.ALGORITHM_FORBIDDEN: (
        "Thuật toán ký không được phép.",
        "The signature uses an algorithm that is not allowed.",
    ),
    Reason.DIGEST_MISMATCH: (
        "Dữ liệu đã bị thay đổi sau khi ký.",
        "What was signed has been changed since.",
    ),
    Reason.SIGNATURE_INVALID: (
        "Giá trị chữ ký không đúng với chứng thư số.",
        "The signature value is not by this certificate's key.",
    ),
    Reason.ROLE_WRONG: (
        "Vai trò trong chữ ký không đúng với vị trí ký.",
        "The role claimed in the signature is not its slot's.",
    ),
    Reason.SHOWN_TIME_WRONG: (
        "Ngày ký hiển thị khác thời điểm ký đã được ký số.",
        "The date shown is not the signed signing time.",
    ),
    Reason.SHOWN_ID_WRONG: (
        "Số định danh hiển thị khác người ký trong kế hoạch ký.",
        "The personal id shown is not the planned signer's.",
    ),
    Reason.TIMES_DIFFER: (
        "Hai thời điểm ký trong cùng một chữ ký khác nhau.",
        "The two signing times of the signature differ.",
    ),
    Reason.TIMES_OUT_OF_ORDER: (
        "Thời điểm ký sớm hơn chữ ký phải có trước.",
        "The signing time is before that of a signature it covers.",
    ),
    Reason.CERTIFICATE_UNREADABLE: (
        "Không đọc được chứng thư số.",
        "The certificate cannot be read.",
    ),
    Reason.CERTIFICATE_SUBSTITUTED: (
        "Chứng thư số kèm theo không phải là chứng thư đã dùng để ký.",
        "The certificate beside the signature is not the one that was signed.",
    ),
    Reason.SUBJECT_WRONG: (
        "Tên chủ thể ghi kèm khác với chứng thư số.",
        "The subject name beside the certificate is not the certificate's.",
    ),
    Reason.CERTIFICATE_WRONG_KIND: (
        "Loại chứng thư số không đúng (cá nhân hoặc tổ chức).",
        "The certificate is of the wrong kind (person or organisation).",
    ),
    Reason.CERTIFICATE_WRONG_IDENTITY: (
        "Chứng thư số không phải của người (đơn vị) ký trong kế hoạch ký.",
        "The certificate does not belong to the planned signer.",
    ),
    Reason.CERTIFICATE_NOT_REGISTERED: (
        "Chứng thư số không phải là chứng thư đã đăng ký.",
        "The certificate is not the registered one.",
    ),
    Reason.CERTIFICATE_NOT_VALID_THEN: (
        "Chứng thư số không có hiệu lực tại thời điểm ký.",
        "The certificate was not valid at the signing time.",
    ),
    Reason.CERTIFICATE_UNTRUSTED: (
        "Chứng thư số không do tổ chức chứng thực tin cậy cấp.",
        "The certificate does not lead to a trusted authority.",
    ),
    Reason.CERTIFICATE_WRONG_USAGE: (
        "Chứng thư số không dùng để ký số.",
        "The certificate is not made for signing documents.",
    ),
    Reason.CERTIFICATE_WEAK: (
        "Khóa của chứng thư số quá yếu.",
        "The certificate's key is too weak.",
    ),
    Reason.CERTIFICATE_REVOKED: (
        "Chứng thư số đã bị thu hồi tại thời điểm ký.",
        "The certificate had been revoked at the signing time.",
    ),
    Reason.REVOCATION_UNKNOWN: (
        "Không xác định được chứng thư số có bị thu hồi hay không.",
        "It is not known whether the certificate had been revoked.",
    ),
    Reason.NO_TRUST: (
        "Chưa có chứng thư gốc tin cậy để kiểm tra.",
        "There is no trusted root to check the certificates against.",
    ),
    Reason.PDF_UNREADABLE: ("Không đọc được tệp PDF.", "The PDF cannot be read."),
    Reason.PDF_TOO_LARGE: ("Tệp PDF quá lớn.", "The PDF is larger than a transcript can be."),
    Reason.PDF_ENCRYPTED: ("Tệp PDF bị mã hóa.", "The PDF is encrypted."),
    Reason.SEAL_MISSING: ("Tệp PDF chưa được ký phát hành.", "The PDF has no seal."),
    Reason.SEAL_UNREADABLE: ("Không đọc được chữ ký trên tệp PDF.", "The seal on the PDF cannot be read."),
    Reason.SEAL_NOT_THE_ONLY_SIGNATURE: (
        "Tệp PDF có nhiều hơn một chữ ký.",
        "The PDF has more signatures than its seal.",
    ),
    Reason.SEAL_DOES_NOT_COVER_THE_FILE: (
        "Chữ ký phát hành không bao phủ toàn bộ tệp PDF.",
        "The seal does not cover the whole PDF.",
    ),
    Reason.SEAL_OF_ANOTHER_KIND: (
        "Chữ ký trên PDF không đúng loại quy định.",
        "The signature on the PDF is not a seal of the prescribed kind.",
    ),
    Reason.SEAL_DIGEST_WRONG: (
        "Tệp PDF đã bị thay đổi sau khi ký phát hành.",
        "The PDF has been changed since it was sealed.",
    ),
    Reason.SEAL_SIGNATURE_WRONG: (
        "Giá trị chữ ký phát hành không đúng với chứng thư số.",
        "The seal's value is not by its certificate's key.",
    ),
    Reason.SEAL_TIME_MISSING: ("Chữ ký phát hành không ghi thời điểm ký.", "The seal does not say its time."),
    Reason.SEAL_CERTIFICATE_DIFFERS: (
        "Chứng thư ký trên PDF khác chứng thư ký phát hành trong XML.",
        "The seal's certificate is not the one that issued the XML.",
    ),
    Reason.ATTACHMENT_UNREADABLE: (
        "Tệp PDF không kèm tệp XML học bạ đọc được.",
        "The PDF does not carry the transcript's XML, or it cannot be read.",
    ),
    Reason.ATTACHMENT_NOT_THE_ONLY_ONE: (
        "Tệp PDF kèm nhiều hơn một tệp.",
        "The PDF carries more than one file.",
    ),
    Reason.ATTACHMENT_NOT_ASSOCIATED: (
        "Tệp kèm theo không được gắn đúng quy định với tệp PDF.",
        "The attached file is not associated with the PDF as prescribed.",
    ),
    Reason.JUDGES_DISAGREE: (
        "Hai bộ kiểm tra độc lập cho kết quả khác nhau.",
        "Two independent verifiers disagree.",
    ),
}


def sentence(reason: Reason, lang: str = "vi") -> str:
    """The sentence for ``reason``, in ``vi`` or ``en``."""
    return SENTENCES[reason][1 if lang == "en" else 0]
