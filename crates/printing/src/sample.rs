//! Made-up facts, so that a template can be looked at before anybody takes a number. Never printed for a visitor.

use crate::paper::{PaperKind, TicketPaper};
use crate::wording::primary;

/// Names of one language.
struct Names {
    language: &'static str,
    office: &'static str,
    service: &'static str,
    agency: &'static str,
    documents: [&'static str; 3],
    note: &'static str,
    message: &'static str,
    counter: &'static str,
    forwarded_to: &'static str,
}

/// English first: it stands in for any other language.
const NAMES: [Names; 7] = [
    Names {
        language: "en",
        office: "One Stop Service Hall, Nakhon Si Thammarat Province",
        service: "Registration of a disability card (renewal)",
        agency: "Provincial Social Development Office",
        documents: ["Identity card", "House registration book", "Two photographs, 1 inch"],
        note: "This counter opens at 13:00",
        message: "Closed on Monday, 7 December (substitute holiday)",
        counter: "Counter 7",
        forwarded_to: "Provincial Land Office",
    },
    Names {
        language: "th",
        office: "ศูนย์บริการร่วม One Stop Service องค์การบริหารส่วนจังหวัดนครศรีธรรมราช",
        service: "จดทะเบียนและขอมีบัตรประจำตัวคนพิการ (กรณีต่ออายุ)",
        agency: "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด",
        documents: ["บัตรประจำตัวประชาชน", "สำเนาทะเบียนบ้าน", "รูปถ่ายขนาด 1 นิ้ว จำนวน 2 รูป"],
        note: "ช่องบริการนี้เปิดเวลา 13:00 น.",
        message: "วันจันทร์ที่ 7 ธันวาคม หยุดชดเชย",
        counter: "ช่องบริการ 7",
        forwarded_to: "สำนักงานที่ดินจังหวัดนครศรีธรรมราช",
    },
    Names {
        language: "vi",
        office: "Trung tâm Phục vụ hành chính công tỉnh Nghệ An",
        service: "Đăng ký khai sinh, trường hợp đã có hồ sơ giấy tờ cá nhân",
        agency: "Sở Tư pháp",
        documents: ["Căn cước công dân", "Giấy chứng sinh", "Giấy chứng nhận kết hôn (bản sao)"],
        note: "Quầy này mở cửa lúc 13:30",
        message: "Thứ Hai, ngày 7/12 nghỉ bù",
        counter: "Quầy 7",
        forwarded_to: "Văn phòng Đăng ký đất đai tỉnh",
    },
    Names {
        language: "lo",
        office: "ສູນບໍລິການປະຕູດຽວ ນະຄອນຫຼວງວຽງຈັນ",
        service: "ແຈ້ງເກີດ ແລະ ຂຶ້ນທະບຽນສຳມະໂນຄົວ",
        agency: "ພະແນກພາຍໃນ",
        documents: ["ບັດປະຈຳຕົວ", "ສຳມະໂນຄົວ", "ຮູບຖ່າຍ 2 ໃບ"],
        note: "ຊ່ອງນີ້ເປີດເວລາ 13:00 ໂມງ",
        message: "ວັນຈັນ ທີ 7 ທັນວາ ພັກ",
        counter: "ຊ່ອງບໍລິການ 7",
        forwarded_to: "ຫ້ອງການທີ່ດິນ",
    },
    Names {
        language: "my",
        office: "တစ်နေရာတည်း ဝန်ဆောင်မှုစင်တာ",
        service: "မွေးစာရင်း မှတ်ပုံတင်ခြင်း",
        agency: "လူဝင်မှုကြီးကြပ်ရေးဌာန",
        documents: ["နိုင်ငံသားစိစစ်ရေးကတ်", "အိမ်ထောင်စုစာရင်း", "ဓာတ်ပုံ ၂ ပုံ"],
        note: "ဤကောင်တာကို 13:00 တွင် ဖွင့်သည်",
        message: "ဒီဇင်ဘာ 7 ရက် တနင်္လာနေ့ ပိတ်သည်",
        counter: "ကောင်တာ 7",
        forwarded_to: "မြေစာရင်းဌာန",
    },
    Names {
        language: "ms",
        office: "Pusat Perkhidmatan Setempat Wilayah Pattani",
        service: "Pendaftaran kelahiran",
        agency: "Jabatan Pendaftaran",
        documents: ["Kad pengenalan", "Buku daftar rumah", "Dua keping gambar"],
        note: "Kaunter ini dibuka pada 13:00",
        message: "Tutup pada Isnin, 7 Disember",
        counter: "Kaunter 7",
        forwarded_to: "Pejabat Tanah",
    },
    Names {
        language: "zh",
        office: "府政务服务中心办事大厅",
        service: "残疾人证件登记（换发）",
        agency: "民政局",
        documents: ["身份证", "户口本", "照片二张"],
        note: "本窗口下午开放",
        message: "星期一公休",
        counter: "7号窗口",
        forwarded_to: "土地局",
    },
];

impl TicketPaper {
    /// A paper of this kind as it might be, in this language.
    pub fn sample(kind: PaperKind, language: &str) -> Self {
        let primary = primary(language);
        let names = NAMES.iter().find(|names| names.language == primary).unwrap_or(&NAMES[0]);
        let issued_at: jiff::Zoned =
            "2026-11-20T09:41:00+07:00[Asia/Bangkok]".parse().expect("it is a moment, and a test reads it");
        let opens_at = "2026-11-23T08:30:00+07:00[Asia/Bangkok]".parse().ok();
        let some = |text: &str| Some(text.to_owned());
        let paper = Self {
            office: names.office.to_owned(),
            issued_at,
            language: language.to_owned(),
            kind,
            reprint: kind == PaperKind::Reprint,
            ..Self::default()
        };
        let service = Self { service: names.service.to_owned(), agency: some(names.agency), ..paper.clone() };
        match kind {
            PaperKind::Ticket | PaperKind::Reprint => Self {
                number: "A042".to_owned(),
                people_ahead: Some(12),
                wait_min: Some((15, 25)),
                link: some("https://khiw.example.go.th/ticket/7Q2M9XK4HD3B"),
                priority: kind == PaperKind::Reprint,
                note: some(names.note),
                documents: names.documents.map(str::to_owned).to_vec(),
                message: some(names.message),
                ..service
            },
            PaperKind::Forward => Self {
                number: "A042".to_owned(),
                counter: some(names.counter),
                reference: some("NST-69-004217"),
                forwarded_to: some(names.forwarded_to),
                documents: names.documents.map(str::to_owned).to_vec(),
                link: some("https://khiw.example.go.th/application/7Q2M9XK4HD3B"),
                ..service
            },
            PaperKind::Closed => Self { closed_because: some("quota_reached"), opens_at, ..service },
            PaperKind::Test => Self { printer: some("tcp://192.168.1.50:9100"), ..paper },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_sample_in_every_language() {
        for kind in PaperKind::ALL {
            for names in &NAMES {
                let paper = TicketPaper::sample(kind, names.language);
                assert_eq!((paper.kind, paper.office.as_str()), (kind, names.office));
            }
            assert_eq!(TicketPaper::sample(kind, "km").office, NAMES[0].office);
        }
    }
}
