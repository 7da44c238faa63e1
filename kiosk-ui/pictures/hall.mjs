// An invented hall for pictures: the wire's shapes with the awkward cases (longest name, closed, nobody, 99 waiting).
const queue = (id, letter, waiting, estimate, th, vi) => ({
  id, letter, waiting, estimate, name: { th, en: th, vi }, target_wait_s: 900, open: true, suspended: false, counters_open: 2,
});
export const queues = [
  queue('a', 'A', 4, { p50_s: 600, p90_s: 900 }, 'ทะเบียน', 'Hộ tịch'),
  queue('b', 'B', 99, { p50_s: 4300, p90_s: 6100 }, 'ที่ดิน', 'Đất đai'),
  queue('c', 'C', 0, { p50_s: 0, p90_s: 240 }, 'ประกันสังคม', 'Bảo hiểm'),
  queue('d', 'D', 12, { p50_s: 1100, p90_s: 1700 }, 'รับเรื่อง', 'Tiếp nhận'),
  queue('e', 'E', 1, null, 'ดิจิทัล', 'Trực tuyến'),
];
const tomorrow = '2026-12-03T08:30:00+07:00';
const names = [
  ['a', 'แจ้งเกิด แจ้งตาย และแจ้งย้ายที่อยู่', 'Birth, death and change of address', 'Đăng ký khai sinh, khai tử, thay đổi nơi cư trú'],
  ['b', 'จดทะเบียนสิทธิและนิติกรรมเกี่ยวกับอสังหาริมทรัพย์ซึ่งมีข้อตกลงให้ใช้ที่ดินเพื่อประโยชน์สาธารณะและการโอนมรดกที่ดิน', 'Registration of rights and juristic acts concerning immovable property with agreement for public use', 'Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất do thay đổi thông tin về người được cấp Giấy chứng nhận'],
  ['c', 'ขอรับสิทธิประโยชน์ประกันสังคม กรณีว่างงาน', 'Social security, unemployment benefit', 'Giải quyết hưởng trợ cấp thất nghiệp'],
  ['d', 'ร้องเรียนร้องทุกข์ (ศูนย์ดำรงธรรม)', 'Complaints (Damrongtham Centre)', 'Tiếp nhận đơn khiếu nại, tố cáo'],
  ['e', 'ช่วยใช้แอปทางรัฐ', 'Help with the Tang Rath app', 'Hướng dẫn nộp hồ sơ trực tuyến'],
  ['a', 'ทำบัตรประจำตัวประชาชน', 'Identity card', 'Cấp thẻ căn cước'],
];
const kinds = ['own', 'own', 'receive_and_forward', 'receive_and_forward', 'assisted_digital', 'own'];
export const services = names.map(([q, th, en, vi], n) => ({
  id: `s${n}`, agency: 'g0', queue: q, letter: q.toUpperCase(), kind: kinds[n], name: { th, en, vi },
  open: n !== 3, closed: n === 3 ? { code: 'closed', why: 'after_last_ticket', opens_at: tomorrow } : null,
  waiting: queues.find((one) => one.id === q).waiting, estimate: queues.find((one) => one.id === q).estimate,
}));
const agencyNames = [
  ['ที่ทำการปกครองจังหวัดนครศรีธรรมราช', 'Provincial Administration Office', 'Sở Tư pháp'],
  ['สำนักงานที่ดินจังหวัดนครศรีธรรมราช', 'Provincial Land Office', 'Sở Nông nghiệp và Môi trường'],
  ['สำนักงานประกันสังคมจังหวัดนครศรีธรรมราช', 'Social Security Office', 'Bảo hiểm xã hội tỉnh'],
  ['สำนักงานขนส่งจังหวัดนครศรีธรรมราช', 'Transport Office', 'Sở Xây dựng'],
  ['สำนักงานจัดหางานจังหวัดนครศรีธรรมราช', 'Employment Office', 'Sở Nội vụ'],
  ['สำนักงานสรรพากรพื้นที่นครศรีธรรมราช', 'Area Revenue Office', 'Công an tỉnh'],
  ['การไฟฟ้าส่วนภูมิภาคจังหวัดนครศรีธรรมราช', 'Provincial Electricity Authority', 'Công ty Điện lực'],
  ['ศูนย์ดำรงธรรมจังหวัดนครศรีธรรมราช', 'Damrongtham Centre', 'Thanh tra tỉnh'],
];
export const NOW = '2026-12-02T09:41:00+07:00';
export const site = (languages, agencies) => ({
  id: 'hall', name: { th: 'ศูนย์บริการเบ็ดเสร็จ ศาลากลางจังหวัดนครศรีธรรมราช', en: 'One Stop Service Centre, Nakhon Si Thammarat', vi: 'Trung tâm Phục vụ hành chính công tỉnh Nghệ An' },
  languages, time_zone: 'Asia/Bangkok', day: '2026-12-02', now: NOW, simulated: true, speed: 1, start: 'implicit',
  public_address: 'https://khiw.example', issuing_suspended: null, elderly_age: 60, park_max_s: 3600,
  codes: { outcomes: [], pause: [], out_of_order: [], reprioritise: [], suspend: [] },
  agencies: agencyNames.slice(0, agencies).map(([th, en, vi], n) => ({ id: `g${n}`, name: { th, en, vi }, services: agencies > 1 ? 5 : 6 })),
  queues, counters: [],
});
const all = (th, en, vi) => ({ th, en, vi });
export const detail = (service) => ({
  ...service,
  documents: [all('บัตรประจำตัวประชาชนตัวจริง', 'Identity card (original)', 'Căn cước công dân (bản chính)'), all('สำเนาทะเบียนบ้าน 1 ฉบับ', 'House registration, 1 copy', 'Bản sao sổ hộ khẩu, 1 bản'), all('หนังสือมอบอำนาจ (กรณีมอบผู้อื่นมาแทน) พร้อมสำเนาบัตรของผู้มอบและผู้รับมอบ', 'Power of attorney, if you act for another, with copies of both cards', 'Giấy ủy quyền (nếu làm thay) kèm bản sao giấy tờ của hai bên'), all('หนังสือรับรองการเกิดจากโรงพยาบาล', 'Birth certificate from the hospital', 'Giấy chứng sinh')],
  fee: 20000, posted_time: { unit: 'minutes', n: 20 },
  steps: [all('ยื่นคำขอและตรวจเอกสาร', 'Hand in the request; documents are checked', 'Nộp hồ sơ và kiểm tra giấy tờ'), all('เจ้าหน้าที่บันทึกและออกเอกสาร', 'The officer records and issues the document', 'Cán bộ nhập và cấp giấy tờ'), all('รับเอกสารคืน', 'Take your documents back', 'Nhận kết quả')],
  forwarded_to: service.kind === 'receive_and_forward' ? all('สำนักงานประกันสังคม', 'the Social Security Office', 'Bảo hiểm xã hội') : null,
});
export const issued = (print, link) => ({
  id: 12, number: 'A012', token: 'tok', link: link ? 'https://khiw.example/ticket/9f86d081884c7d659a2feaa0c55ad015' : null,
  services: ['s0'], queue: 'a', state: 'waiting', issued_at: NOW, ahead: 4, estimate: { p50_s: 600, p90_s: 900 }, print: { state: print },
});
export const ticket = (change = {}) => ({
  site: 'hall', site_name: site([], 1).name, number: 'A012', state: 'waiting', service_name: services[0].name, ahead: 4,
  estimate: { p50_s: 600, p90_s: 900 }, joined: NOW, counter: null, attempt: 0, print: { state: 'printed' }, now: NOW, ...change,
});
