"""What users read when something went well, where the guide says it, Vietnamese and English."""

REGISTERED = (
    (
        "Đăng ký thành công tài khoản, CBQL/Quản trị viên chọn đến mục 1.3. Duyệt tài khoản ký"
        " để duyệt tài khoản"
    ),
    "The account is registered; an administrator approves it at 1.3",
)
"""A person's account (III.1)."""

SCHOOL_REGISTERED = ("Đăng ký thành công tài khoản", "The certificate is registered")
"""The school's certificate (1.1); the authority decides."""

SCHOOL_CHANGED = ("Đăng ký thay đổi thông tin thành công", "The change of certificate is registered")
"""The school's certificate, registered again (1.1); the old one serves until the new one is approved."""
