//! A good little site and the problems it has after an edit.

/// One hall of two counters and two queues, one service written out and one in a group.
pub const BASE: &str = r#"holidays = []
[site]
id = "tiny"
name = { th = "เล็ก", en = "Tiny" }
time_zone = "Asia/Bangkok"
languages = ["th", "en"]
counter_place = { th = "ช่องบริการ", en = "Counter" }

[[hours]]
id = "office"
week = { mon-fri = ["08:30-12:00", "13:00-16:30"] }
last_ticket_min = 15

[[agencies]]
id = "office"
queue = "pay"
hours = "office"
name = { th = "สำนักงาน", en = "Office" }

[[queues]]
id = "civil"
name = { th = "ทะเบียน", en = "Registration" }
prefix = "A"
target_wait_min = 20
priority_target_wait_min = 8
service_time_min = 9

[[queues]]
id = "pay"
name = { th = "ชำระเงิน", en = "Payment" }
prefix = "B"
target_wait_min = 15
service_time_min = 4

[documents]
card = { th = "บัตรประชาชน", en = "ID card" }

[[services]]
id = "birth"
agency = "office"
name = { th = "แจ้งเกิด", en = "Registration of a birth" }
documents = ["card"]
fee = 20
posted_min = 15
queue = "civil"

[[service_groups]]
agency = "office"
posted_working_days = 5
services = [
  { id = "tax", name = { th = "ชำระภาษี", en = "Tax" } },
]

[[profiles]]
id = "all"
queues = ["civil", { queue = "pay", handicap_min = 5 }]

[[counters]]
id = "c1"
label = "1"
profile = "all"

[[counters]]
id = "c2"
label = "2"
profile = "all"

[codes.outcomes]
done = { th = "เสร็จ", en = "Done" }

[[printers]]
id = "main"
link = "tcp://127.0.0.1:9100"
width_dots = 576
"#;

/// The good site after edits, each of which must find its text.
pub fn with(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the site");
        text.replacen(from, to, 1)
    })
}
