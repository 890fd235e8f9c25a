"""What the agent says, in Vietnamese."""

from collections.abc import Mapping

from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft

SENTENCES: Mapping[Problem, str] = {
    Problem.PIN_INCORRECT: "Mã PIN không đúng.",
    Problem.PIN_LOCKED: "Thiết bị đã bị khóa vì nhập sai mã PIN quá nhiều lần. Hãy liên hệ nhà cung cấp.",
    Problem.PIN_LAST_TRY: (
        "Thiết bị chỉ còn một lần nhập mã PIN, nên mã PIN cho sẵn không được dùng. "
        "Hãy chạy lại chương trình và tự nhập mã PIN."
    ),
    Problem.USER_CANCELLED: "Thầy/cô đã hủy việc ký.",
    Problem.TOKEN_REMOVED: "Không còn thấy thiết bị ký số (USB Token). Hãy cắm lại thiết bị rồi ký lại.",
    Problem.CERTIFICATE_NOT_ON_TOKEN: "Chứng thư số đã đăng ký không có trong thiết bị hoặc tệp này.",
    Problem.TOKEN_ERROR: "Thiết bị ký số báo lỗi.",
    Problem.MODULE_NOT_LOADED: "Không nạp được thư viện PKCS#11 của thiết bị. Hãy kiểm tra --module.",
    Problem.MODULE_CRASHED: "Thư viện của thiết bị đã dừng đột ngột. Hãy rút thiết bị, cắm lại rồi ký lại.",
    Problem.MODULE_SILENT: (
        "Thư viện của thiết bị không trả lời nên đã bị dừng. Hãy rút thiết bị, cắm lại rồi ký lại."
    ),
    Problem.FILE_NOT_READABLE: "Không đọc được tệp chứng thư số (PKCS#12).",
    Problem.KEY_NOT_SUPPORTED: "Loại khóa của chứng thư số này không được hỗ trợ (chỉ RSA và ECDSA).",
    Problem.JOB_NOT_TRUSTED: "Yêu cầu ký không phải do máy chủ đã ghép nối gửi. Không ký.",
    Problem.JOB_EXPIRED: "Yêu cầu ký đã hết hạn, hoặc đồng hồ của máy này chạy sai. Không ký.",
    Problem.JOB_REPLAYED: "Yêu cầu ký này đã được dùng một lần. Không ký.",
    Problem.ITEMS_NOT_IN_JOB: "Danh sách cần ký không khớp với yêu cầu ký của máy chủ. Không ký.",
    Problem.ITEM_NOT_UNDERSTOOD: (
        "Có mục cần ký không phải học bạ, con dấu của học bạ hay lời chứng minh giữ khóa. Không ký."
    ),
    Problem.DOCUMENT_MISMATCH: "Nội dung học bạ được hiển thị khác với nội dung sẽ ký. Không ký.",
    Problem.OTHER_CERTIFICATE: "Yêu cầu ký dành cho một chứng thư số khác. Không ký.",
    Problem.SERVER_NOT_HTTPS: "Địa chỉ máy chủ phải bắt đầu bằng https://.",
    Problem.SERVER_UNREACHABLE: "Không kết nối được với máy chủ.",
    Problem.SERVER_REFUSED: "Máy chủ từ chối yêu cầu.",
    Problem.NOT_PAIRED: "Máy này chưa ghép nối, hoặc ghép nối đã bị thu hồi. Hãy chạy: hocba-agent pair",
    Problem.PAIRING_EXPIRED: "Mã ghép nối đã hết hạn. Hãy ghép nối lại.",
    Problem.STATE_NOT_READABLE: "Không đọc được tệp trạng thái của chương trình.",
    Problem.NO_WINDOW: "Không mở được cửa sổ: máy này không có màn hình hoặc không có Tk (python3-tk).",
}

TRIES: Mapping[TriesLeft, str] = {
    TriesLeft.UNKNOWN: "",
    TriesLeft.LOW: " Đã có ít nhất một lần nhập sai; nhập sai thêm có thể khóa thiết bị.",
    TriesLeft.FINAL: " CHỈ CÒN MỘT LẦN: nhập sai nữa thiết bị sẽ bị khóa.",
}


def sentence(error: AgentError) -> str:
    """What a person reads of ``error``; the tries left and the detail stand behind it."""
    detail = f" ({error.detail})" if error.detail else ""
    return SENTENCES[error.problem] + TRIES[error.tries] + detail
