<?xml version="1.0" encoding="UTF-8"?>
<!-- Học bạ số, every profile and level: what people see of the XML.  The form of TT 27/2020 or TT 22/2021 and
     the list of signatures.  It shows and does not verify; it loads nothing and runs nothing.  It travels as
     <profile>.xslt, the name that each file asks for. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"
                exclude-result-prefixes="ds xades">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:variable name="general" select="/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_CHUNG"/>
  <xsl:variable name="summary" select="/HOC_BA/DU_LIEU_HOC_BA/TONG_KET"/>
  <xsl:variable name="plan" select="/HOC_BA/DU_LIEU_HOC_BA/KE_HOACH_KY"/>
  <xsl:variable name="primary" select="$general/MA_CAP_HOC = '02'"/>
  <!-- of whom nothing is assessed: TT 27/2020 Đ8, TT 22/2021 Đ11; the official profile says it by what it leaves out -->
  <xsl:variable name="unassessed" select="$summary/KHONG_DANH_GIA = 'true' or ($primary and not($plan) and not($summary/KET_QUA_XEP_LOAI))"/>
  <xsl:variable name="signed" select="/HOC_BA/DANH_SACH_THONG_TIN_KY"/>

  <xsl:template match="/HOC_BA">
    <html lang="vi">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>Học bạ số – <xsl:value-of select="$general/HO_VA_TEN"/> – <xsl:value-of select="$general/TEN_NAM_HOC"/></title>
        <style>
          body { font-family: "Libertinus Serif", "Times New Roman", serif; line-height: 1.4; margin: 0 auto;
                 max-width: 60rem; padding: 1rem; color: #111; background: #fff }
          h1, h2 { text-align: center } h1 { margin-bottom: 0 }
          header, section { border-bottom: 1px solid #999; padding-bottom: 1rem }
          header p { text-align: center; margin: .2rem } .capitals { text-transform: uppercase }
          table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
          th, td { border: 1px solid #666; padding: .25rem .4rem; vertical-align: top; text-align: left }
          td.mark { text-align: center } dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
          dt { color: #444 } dd { margin: 0; font-weight: bold } td, dd, p { overflow-wrap: anywhere }
          .text { white-space: pre-line } .open { color: #a00 } .small { font-size: .85em }
        </style>
      </head>
      <body>
        <xsl:call-template name="cover"/>
        <xsl:call-template name="person"/>
        <xsl:call-template name="history"/>
        <xsl:choose>
          <xsl:when test="$primary"><xsl:call-template name="primary"/></xsl:when>
          <xsl:otherwise>
            <xsl:call-template name="results"/>
            <xsl:call-template name="summary"/>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="signatures"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="cover">
    <header>
      <p class="capitals"><xsl:value-of select="$general/TEN_SO_GD"/></p>
      <p class="capitals"><xsl:value-of select="$general/TEN_TRUONG"/></p>
      <p>
        <xsl:value-of select="$general/TEN_XA_PHUONG"/>
        <xsl:if test="$general/TEN_QUAN_HUYEN"> – <xsl:value-of select="$general/TEN_QUAN_HUYEN"/></xsl:if>
        – <xsl:value-of select="$general/TEN_TINH_THANH_PHO"/>
      </p>
      <h1>HỌC BẠ</h1>
      <p>
        <xsl:choose>
          <xsl:when test="$primary">TIỂU HỌC</xsl:when>
          <xsl:when test="$general/MA_CAP_HOC = '04'">TRUNG HỌC PHỔ THÔNG</xsl:when>
          <xsl:otherwise>TRUNG HỌC CƠ SỞ</xsl:otherwise>
        </xsl:choose>
      </p>
      <p>Họ và tên học sinh: <strong class="capitals"><xsl:value-of select="$general/HO_VA_TEN"/></strong></p>
      <p>Số sổ đăng bộ: <xsl:value-of select="$general/SO_SO_DANG_BO"/></p>
      <p class="small">Mã tra cứu: <xsl:value-of select="$general/MA_TRA_CUU_UUID"/></p>
    </header>
  </xsl:template>

  <xsl:template name="person">
    <section>
      <h2>THÔNG TIN HỌC SINH</h2>
      <dl>
        <xsl:call-template name="line"><xsl:with-param name="label">Họ và tên</xsl:with-param><xsl:with-param name="value" select="$general/HO_VA_TEN"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Giới tính</xsl:with-param><xsl:with-param name="value" select="$general/GIOI_TINH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Ngày sinh</xsl:with-param><xsl:with-param name="value" select="$general/NGAY_SINH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Mã định danh cá nhân</xsl:with-param><xsl:with-param name="value" select="$general/SO_CCCD"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Mã học sinh</xsl:with-param><xsl:with-param name="value" select="$general/MA_HOC_SINH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nơi sinh</xsl:with-param><xsl:with-param name="value" select="$general/NOI_SINH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Quê quán</xsl:with-param><xsl:with-param name="value" select="$general/QUE_QUAN"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Dân tộc</xsl:with-param><xsl:with-param name="value" select="$general/DAN_TOC"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Quốc tịch</xsl:with-param><xsl:with-param name="value" select="$general/QUOC_TICH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Đối tượng</xsl:with-param><xsl:with-param name="value" select="$general/DOI_TUONG_CHINH_SACH"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Chỗ ở hiện tại</xsl:with-param><xsl:with-param name="value" select="$general/CHO_O_HIEN_NAY"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Họ và tên cha</xsl:with-param><xsl:with-param name="value" select="$general/HO_VA_TEN_CHA"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nghề nghiệp</xsl:with-param><xsl:with-param name="value" select="$general/NGHE_NGHIEP_CHA"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Họ và tên mẹ</xsl:with-param><xsl:with-param name="value" select="$general/HO_VA_TEN_ME"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nghề nghiệp</xsl:with-param><xsl:with-param name="value" select="$general/NGHE_NGHIEP_ME"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Họ và tên người giám hộ</xsl:with-param><xsl:with-param name="value" select="$general/HO_VA_TEN_NGUOI_GIAM_HO"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nghề nghiệp</xsl:with-param><xsl:with-param name="value" select="$general/NGHE_NGHIEP_NGUOI_GIAM_HO"/></xsl:call-template>
      </dl>
      <p><xsl:value-of select="$general/DIA_DANH_PHAT_HANH_HOC_BA"/>, ngày <xsl:value-of select="$general/NGAY_KY_PHAT_HANH_HOC_BA"/></p>
      <p><xsl:value-of select="$general/CHUC_VU_GIAM_HIEU_KY_HOC_BA"/>: <strong><xsl:value-of select="$general/TEN_GIAM_HIEU_KY_HOC_BA"/></strong></p>
    </section>
  </xsl:template>

  <xsl:template name="line">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:if test="$value">
      <dt><xsl:value-of select="$label"/></dt>
      <dd><xsl:value-of select="$value"/></dd>
    </xsl:if>
  </xsl:template>

  <xsl:template name="history">
    <section>
      <h2>QUÁ TRÌNH HỌC TẬP</h2>
      <table>
        <tr><th>Năm học</th><th>Lớp</th><th>Tên trường</th><th>Ngày nhập học / chuyển đến</th></tr>
        <xsl:for-each select="DU_LIEU_HOC_BA/QUA_TRINH_HOC_TAP">
          <tr>
            <td>
              <xsl:value-of select="NAM_HOC"/>
              <xsl:if test="string-length(NAM_HOC) = 4">-<xsl:value-of select="NAM_HOC + 1"/></xsl:if>
            </td>
            <td><xsl:value-of select="TEN_LOP"/></td>
            <td><xsl:value-of select="TEN_TRUONG"/></td><td><xsl:value-of select="NGAY_TRANG_THAI_CHUYEN_DEN"/></td>
          </tr>
        </xsl:for-each>
      </table>
    </section>
  </xsl:template>

  <xsl:template name="results">
    <section>
      <h2>KẾT QUẢ CÁC MÔN HỌC VÀ HOẠT ĐỘNG GIÁO DỤC</h2>
      <p>Lớp <xsl:value-of select="$general/TEN_LOP"/>, năm học <xsl:value-of select="$general/TEN_NAM_HOC"/></p>
      <table>
        <tr>
          <th>Môn học / Hoạt động giáo dục</th><th>Học kì I</th><th>Học kì II</th><th>Cả năm</th>
          <th>Đánh giá lại</th><th>Nhận xét</th><th>Giáo viên</th>
        </tr>
        <xsl:for-each select="$summary/BANG_DIEM/DIEM_TONG_KET">
          <tr>
            <td><xsl:value-of select="TEN_MON_HOC"/></td>
            <xsl:call-template name="mark"><xsl:with-param name="value" select="HOC_KY_1"/></xsl:call-template>
            <xsl:call-template name="mark"><xsl:with-param name="value" select="HOC_KY_2"/></xsl:call-template>
            <xsl:call-template name="mark"><xsl:with-param name="value" select="CA_NAM"/></xsl:call-template>
            <td class="mark"><xsl:value-of select="translate(DANH_GIA_LAI, '.', ',')"/></td>
            <td class="text"><xsl:value-of select="NHAN_XET"/></td>
            <td><xsl:value-of select="$plan/KY[MA = current()/GVBM]/HO_VA_TEN"/></td>
          </tr>
        </xsl:for-each>
      </table>
    </section>
  </xsl:template>

  <!-- a mark of the row in hand, or why there is none -->
  <xsl:template name="mark">
    <xsl:param name="value"/>
    <td class="mark">
      <xsl:value-of select="translate($value, '.', ',')"/>
      <xsl:if test="not($value) and (MIEN = 'true' or $unassessed)">Miễn</xsl:if>
    </td>
  </xsl:template>

  <xsl:template name="summary">
    <section>
      <h2>KẾT QUẢ RÈN LUYỆN VÀ HỌC TẬP</h2>
      <table>
        <tr><th></th><th>Học kì I</th><th>Học kì II</th><th>Cả năm</th><th>Sau rèn luyện / đánh giá lại</th></tr>
        <xsl:call-template name="levels"><xsl:with-param name="label">Kết quả rèn luyện</xsl:with-param><xsl:with-param name="levels" select="$summary/KET_QUA_REN_LUYEN"/></xsl:call-template>
        <xsl:call-template name="levels"><xsl:with-param name="label">Kết quả học tập</xsl:with-param><xsl:with-param name="levels" select="$summary/KET_QUA_HOC_TAP"/></xsl:call-template>
      </table>
      <xsl:if test="$unassessed"><p>Miễn đánh giá theo Điều 11 Thông tư số <xsl:value-of select="$general/THONG_TU"/></p></xsl:if>
      <dl>
        <xsl:call-template name="line"><xsl:with-param name="label">Tổng số buổi nghỉ học</xsl:with-param><xsl:with-param name="value" select="$summary/TONG_SO_BUOI_NGHI"/></xsl:call-template>
        <xsl:if test="$summary/DUOC_LEN_LOP">
          <dt>Được lên lớp</dt>
          <dd><xsl:choose><xsl:when test="$summary/DUOC_LEN_LOP = 'true'">Được lên lớp</xsl:when><xsl:otherwise>Không được lên lớp</xsl:otherwise></xsl:choose></dd>
        </xsl:if>
        <xsl:if test="$summary/HOAN_THANH_CHUONG_TRINH">
          <dt>Chương trình cấp học</dt>
          <dd><xsl:choose><xsl:when test="$summary/HOAN_THANH_CHUONG_TRINH = 'true'">Hoàn thành</xsl:when><xsl:otherwise>Không hoàn thành</xsl:otherwise></xsl:choose></dd>
        </xsl:if>
        <xsl:for-each select="$summary/CHUNG_CHI"><dt>Chứng chỉ</dt><dd><xsl:value-of select="."/></dd></xsl:for-each>
        <xsl:for-each select="$summary/KET_QUA_CUOC_THI"><dt>Kết quả tham gia cuộc thi</dt><dd><xsl:value-of select="."/></dd></xsl:for-each>
        <xsl:call-template name="line"><xsl:with-param name="label">Khen thưởng</xsl:with-param><xsl:with-param name="value" select="$summary/NOI_DUNG_KHEN_THUONG"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nhận xét của giáo viên chủ nhiệm</xsl:with-param><xsl:with-param name="value" select="$summary/NHAN_XET_GVCN"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Nhận xét rèn luyện trong kì nghỉ hè</xsl:with-param><xsl:with-param name="value" select="$summary/NHAN_XET_REN_LUYEN_HE"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Phê duyệt của hiệu trưởng</xsl:with-param><xsl:with-param name="value" select="$summary/PHE_DUYET_HIEU_TRUONG"/></xsl:call-template>
      </dl>
    </section>
  </xsl:template>

  <xsl:template name="levels">
    <xsl:param name="label"/>
    <xsl:param name="levels"/>
    <tr>
      <th><xsl:value-of select="$label"/></th>
      <td class="mark"><xsl:apply-templates select="$levels/HOC_KY_1" mode="level"/><xsl:if test="$unassessed and not($levels/HOC_KY_1)">Miễn</xsl:if></td>
      <td class="mark"><xsl:apply-templates select="$levels/HOC_KY_2" mode="level"/><xsl:if test="$unassessed and not($levels/HOC_KY_2)">Miễn</xsl:if></td>
      <td class="mark"><xsl:apply-templates select="$levels/CA_NAM" mode="level"/><xsl:if test="$unassessed and not($levels/CA_NAM)">Miễn</xsl:if></td>
      <td class="mark"><xsl:apply-templates select="$levels/SAU_DANH_GIA_LAI" mode="level"/></td>
    </tr>
  </xsl:template>

  <xsl:template match="*" mode="level">
    <xsl:choose>
      <xsl:when test=". = 'T'">Tốt</xsl:when>
      <xsl:when test=". = 'K'">Khá</xsl:when>
      <xsl:when test=". = 'Đ'">Đạt</xsl:when>
      <xsl:when test=". = 'CĐ'">Chưa đạt</xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- the year of a primary school, in the order of its form -->
  <xsl:template name="primary">
    <section>
      <h2>NĂM HỌC <xsl:value-of select="$general/TEN_NAM_HOC"/></h2>
      <dl>
        <xsl:call-template name="line"><xsl:with-param name="label">Lớp</xsl:with-param><xsl:with-param name="value" select="$general/TEN_LOP"/></xsl:call-template>
        <dt>Chiều cao</dt><dd><xsl:value-of select="translate($general/CHIEU_CAO, '.', ',')"/> cm</dd>
        <dt>Cân nặng</dt><dd><xsl:value-of select="translate($general/CAN_NANG, '.', ',')"/> kg</dd>
        <xsl:call-template name="line"><xsl:with-param name="label">Số ngày nghỉ có phép</xsl:with-param><xsl:with-param name="value" select="$general/TONG_SO_BUOI_NGHI_CO_PHEP"/></xsl:call-template>
        <xsl:call-template name="line"><xsl:with-param name="label">Số ngày nghỉ không phép</xsl:with-param><xsl:with-param name="value" select="$general/THONG_SO_BUOI_NGHI_KHONG_PHEP"/></xsl:call-template>
      </dl>
      <xsl:call-template name="primary-results"/>
      <xsl:call-template name="traits"/>
      <xsl:call-template name="primary-summary"/>
    </section>
  </xsl:template>

  <xsl:template name="primary-results">
    <h3>1. Các môn học và hoạt động giáo dục</h3>
    <table>
      <tr>
        <th>Môn học và hoạt động giáo dục</th><th>Mức đạt được</th><th>Điểm KTĐK</th>
        <xsl:if test="$plan"><th>Nhận xét</th><th>Giáo viên</th></xsl:if>
      </tr>
      <xsl:for-each select="$summary/BANG_DIEM/DIEM_TONG_KET">
        <tr>
          <td><xsl:value-of select="TEN_MON_HOC"/></td>
          <td><xsl:value-of select="MUC_DAT_DUOC"/><xsl:if test="not(MUC_DAT_DUOC)">Miễn</xsl:if></td>
          <td class="mark"><xsl:value-of select="translate(DIEM_KIEM_TRA_DINH_KY, '.', ',')"/></td>
          <xsl:if test="$plan">
            <td class="text"><xsl:value-of select="NHAN_XET"/></td>
            <td><xsl:value-of select="$plan/KY[MA = current()/GVBM]/HO_VA_TEN"/></td>
          </xsl:if>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template name="traits">
    <xsl:variable name="traits" select="$summary/NANG_LUC_PHAM_CHAT"/>
    <h3>2. Những phẩm chất chủ yếu</h3>
    <dl>
      <xsl:call-template name="trait"><xsl:with-param name="label">Yêu nước</xsl:with-param><xsl:with-param name="value" select="$traits/PHAM_CHAT_YEU_NUOC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Nhân ái</xsl:with-param><xsl:with-param name="value" select="$traits/PHAM_CHAT_NHAN_AI"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Chăm chỉ</xsl:with-param><xsl:with-param name="value" select="$traits/PHAM_CHAT_CHAM_CHI"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Trung thực</xsl:with-param><xsl:with-param name="value" select="$traits/PHAM_CHAT_TRUNG_THUC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Trách nhiệm</xsl:with-param><xsl:with-param name="value" select="$traits/PHAM_CHAT_TRACH_NHIEM"/></xsl:call-template>
    </dl>
    <p class="text"><xsl:value-of select="$traits/NHAN_XET_PHAM_CHAT"/></p>
    <h3>3. Những năng lực cốt lõi</h3>
    <h4>3.1. Những năng lực chung</h4>
    <dl>
      <xsl:call-template name="trait"><xsl:with-param name="label">Tự chủ và tự học</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_TU_CHU_TU_HOC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Giao tiếp và hợp tác</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_GIAO_TIEP_HOC_TAC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Giải quyết vấn đề và sáng tạo</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_GIAI_QUYET_VAN_DE_SANG_TAO"/></xsl:call-template>
    </dl>
    <p class="text"><xsl:value-of select="$traits/NHAN_XET_NANG_LUC_CHUNG"/></p>
    <h4>3.2. Những năng lực đặc thù</h4>
    <dl>
      <xsl:call-template name="trait"><xsl:with-param name="label">Ngôn ngữ</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_NGON_NGU"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Tính toán</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_TINH_TOAN"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Khoa học</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_KHOA_HOC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Công nghệ</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_CONG_NGHE"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Tin học</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_TIN_HOC"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Thẩm mĩ</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_THAM_MI"/></xsl:call-template>
      <xsl:call-template name="trait"><xsl:with-param name="label">Thể chất</xsl:with-param><xsl:with-param name="value" select="$traits/NANG_LUC_THE_CHAT"/></xsl:call-template>
    </dl>
    <p class="text"><xsl:value-of select="$traits/NHAN_XET_NANG_LUC_DAC_THU"/></p>
  </xsl:template>

  <xsl:template name="trait">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:if test="$value or $unassessed">
      <dt><xsl:value-of select="$label"/></dt>
      <dd><xsl:value-of select="$value"/><xsl:if test="not($value)">Miễn</xsl:if></dd>
    </xsl:if>
  </xsl:template>

  <xsl:template name="primary-summary">
    <h3>4. Đánh giá kết quả giáo dục</h3>
    <p>
      <strong><xsl:value-of select="$summary/KET_QUA_XEP_LOAI"/></strong>
      <xsl:if test="not($summary/KET_QUA_XEP_LOAI)">Miễn đánh giá theo Điều 8 Thông tư số <xsl:value-of select="$general/THONG_TU"/></xsl:if>
    </p>
    <p class="text"><xsl:value-of select="$summary/NHAN_XET_GVCN"/></p>
    <h3>5. Khen thưởng</h3>
    <p class="text"><xsl:value-of select="$summary/NOI_DUNG_KHEN_THUONG"/></p>
    <xsl:if test="$summary/NOI_DUNG_KHEN_THUONG_DOT_XUAT">
      <p class="text">Khen thưởng đột xuất: <xsl:value-of select="$summary/NOI_DUNG_KHEN_THUONG_DOT_XUAT"/></p>
    </xsl:if>
    <h3>6. Hoàn thành chương trình lớp học / chương trình tiểu học</h3>
    <p class="text"><xsl:value-of select="$summary/NOI_DUNG_HOAN_THANH_CHUONG_TRINH"/></p>
    <dl>
      <xsl:call-template name="answer"><xsl:with-param name="label">Hoàn thành chương trình lớp học</xsl:with-param><xsl:with-param name="value" select="$summary/DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC"/></xsl:call-template>
      <xsl:call-template name="answer"><xsl:with-param name="label">Hoàn thành chương trình tiểu học</xsl:with-param><xsl:with-param name="value" select="$summary/DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC"/></xsl:call-template>
      <xsl:call-template name="answer"><xsl:with-param name="label">Được lên lớp</xsl:with-param><xsl:with-param name="value" select="$summary/DUOC_LEN_LOP"/></xsl:call-template>
    </dl>
  </xsl:template>

  <xsl:template name="answer">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:if test="$value">
      <dt><xsl:value-of select="$label"/></dt>
      <dd><xsl:choose><xsl:when test="$value = 'true' or $value = '1'">Có</xsl:when><xsl:otherwise>Không</xsl:otherwise></xsl:choose></dd>
    </xsl:if>
  </xsl:template>

  <xsl:template name="signatures">
    <section>
      <h2>CHỮ KÝ SỐ</h2>
      <p class="small">Trang này chỉ hiển thị nội dung, không xác minh chữ ký.</p>
      <table>
        <tr><th>Vai trò</th><th>Người ký theo kế hoạch</th><th>Thời điểm ký</th><th>Chủ thể chứng thư số</th></tr>
        <xsl:for-each select="$plan/KY">
          <xsl:call-template name="signature">
            <xsl:with-param name="role" select="VAI_TRO"/>
            <xsl:with-param name="name" select="HO_VA_TEN"/>
            <xsl:with-param name="slot" select="$signed/DANH_SACH_GVBM/GVBM[@Id = current()/MA] | $signed/*[local-name() = current()/VAI_TRO]"/>
          </xsl:call-template>
        </xsl:for-each>
        <xsl:if test="not($plan)">
          <xsl:call-template name="signature"><xsl:with-param name="role">GVCN</xsl:with-param><xsl:with-param name="name" select="$general/TEN_GIAO_VIEN_CHU_NHIEM"/><xsl:with-param name="slot" select="$signed/GVCN"/></xsl:call-template>
          <xsl:call-template name="signature"><xsl:with-param name="role">CBQL</xsl:with-param><xsl:with-param name="name" select="$general/TEN_GIAM_HIEU_KY_HOC_BA"/><xsl:with-param name="slot" select="$signed/CBQL"/></xsl:call-template>
          <xsl:call-template name="signature"><xsl:with-param name="role">KY_PHAT_HANH</xsl:with-param><xsl:with-param name="name" select="$general/TEN_TRUONG"/><xsl:with-param name="slot" select="$signed/KY_PHAT_HANH"/></xsl:call-template>
        </xsl:if>
      </table>
    </section>
  </xsl:template>

  <xsl:template name="signature">
    <xsl:param name="role"/>
    <xsl:param name="name"/>
    <xsl:param name="slot"/>
    <tr>
      <td>
        <xsl:choose>
          <xsl:when test="$role = 'GVBM'">Giáo viên bộ môn</xsl:when>
          <xsl:when test="$role = 'GVCN'">Giáo viên chủ nhiệm</xsl:when>
          <xsl:when test="$role = 'CBQL'">Cán bộ quản lý</xsl:when>
          <xsl:otherwise>Ký phát hành</xsl:otherwise>
        </xsl:choose>
      </td>
      <td>
        <xsl:value-of select="$name"/>
        <xsl:if test="self::KY/CAN_CU"><br/><span class="small">Căn cứ: <xsl:value-of select="CAN_CU"/></span></xsl:if>
      </td>
      <xsl:choose>
        <xsl:when test="$slot">
          <td><xsl:value-of select="$slot//xades:SigningTime"/></td>
          <td class="small"><xsl:value-of select="$slot//ds:X509SubjectName"/></td>
        </xsl:when>
        <xsl:otherwise><td class="open" colspan="2">Chưa ký</td></xsl:otherwise>
      </xsl:choose>
    </tr>
  </xsl:template>
</xsl:stylesheet>
