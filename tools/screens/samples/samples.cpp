#include "samples/samples.hpp"

namespace yijuan::screen {
namespace {

Disclosure disclosure() {
  return {.organisation = "示例县慈善总会（示例）",
          .partner = "示例县扶贫办、团示例县委（示例）",
          .agreement = "示例协字〔2026〕1 号",
          .host = "示例县第一中学（示例）",
          .certificate = "示例慈募字第 0001 号",
          .filing = "示例备 2026-0001",
          .plan = "2026-10-11 至 2026-11-24，用于资助困难学生",
          .contact = {},
          .query = "扫凭条上的码，或见公示栏",
          .phone = "000-0000-0000（示例）"};
}

// Two partners and a plan in a sentence: what a real pack may say.
Disclosure long_disclosure() {
  auto said = disclosure();
  said.partner = "示例县扶贫办（示例）、共青团示例县委（示例）";
  said.agreement = "示例协字第000001号、示例协字第000002号";
  said.plan =
      "2026-11-13 至 "
      "2027-01-22，所募善款用于资助贫困学生、发展扶贫产业，按备案方案使用并公示结果。";
  said.contact = "示例县示例路0号，000-0000000";
  said.query = "扫描凭条二维码，或致电监督电话查询";
  return said;
}

Payee payee() {
  return {.payload = "https://pay.example.org/c/0123456789abcdef0123456789abcdef",
          .name = "示例县慈善总会（示例）"};
}

Idle idle() {
  Idle idle;
  idle.campaign = "扶贫日募捐（示例）";
  idle.slogan = "精准帮扶 青春有约 共同前行";
  idle.panels = {
      {"产业发展篇", "光伏照亮屋顶",
       "村集体的光伏电站，收益写在公示栏里：“每一度电、每一分钱，乡亲们都看得见。”"},
      {"社会事业篇", "三百名新生的第一学期",
       "计划资助不少于 300 名困难新生，每人 2,000 元，由四家单位共同筹集，箱里的钱是其中一份。"},
      {"领导关怀篇", "八个一，从一元开始",
       "一场图片展、一次宣传、一批认领的项目，也有这只募捐箱：一枚硬币，就是一份心意。"}};
  idle.payee = payee();
  idle.gifts = 1286;
  return idle;
}

Thanks thanks() {
  Thanks thanks;
  thanks.amount = yuan(1);
  thanks.designation = "统筹使用";
  thanks.slip_number = "BOX-001-3F9C-000128";
  thanks.slip_payload = sample_slip_payload();
  thanks.print = PrintState::offered;
  return thanks;
}

void add_open(std::vector<Sample>& out, const Model& base) {
  const auto add = [&](std::string name, SceneModel scene, std::optional<Notice> notice = {}) {
    auto model = base;
    model.scene = std::move(scene);
    model.notice = notice;
    out.push_back({std::move(name), std::move(model), 0});
  };
  add("idle", idle());
  add("idle-second", idle());
  out.back().panel = 2;
  add("idle-long-disclosure", idle());
  out.back().model.disclosure = long_disclosure();
  auto plain = idle();
  plain.payee.reset();
  plain.each_yuan = false;
  plain.takes_notes = true;
  plain.slips_on_screen = true;
  add("idle-no-payee", plain);
  auto no_coins = idle();
  no_coins.takes_coins = false;
  no_coins.takes_notes = no_coins.coins_down = true;
  add("idle-coins-down", no_coins);
  auto no_notes = idle();
  no_notes.notes_down = true;
  add("idle-notes-down", no_notes);
  add("idle-returned", idle(), Notice::cash_returned);
  add("choice", AmountChoice{tlog::Activity::one_day,
                             {yuan(10), yuan(20), yuan(50), yuan(100), yuan(150), yuan(200)}});
  add("counting-empty", Counting{tlog::Activity::free, Fen{}, {}, "统筹使用"});
  add("counting-empty-notes", Counting{.designation = "统筹使用", .takes_notes = true});
  add("counting", Counting{tlog::Activity::free, Fen(1350), {}, "统筹使用"});
  add("counting-goal", Counting{tlog::Activity::one_day, Fen(123'450), yuan(2000), "困难学生资助"},
      Notice::cash_returned);
  add("thanks", thanks());
  auto row = thanks();
  row.print = PrintState::unavailable;
  row.row_gifts = 12;
  row.row_amount = yuan(12);
  add("thanks-row", row);
  auto large = thanks();
  large.activity = tlog::Activity::one_day;
  large.amount = Fen(10'700'053);
  large.print = PrintState::printed;
  add("thanks-large", large, Notice::slip_in_tray);
}

void add_closed(std::vector<Sample>& out, const Model& base) {
  const auto add = [&](std::string name, SceneModel scene) {
    auto model = base;
    model.scene = std::move(scene);
    out.push_back({std::move(name), std::move(model), 0});
  };
  const auto& phone = base.disclosure.phone;
  add("out-acceptor", OutOfService{OutReason::acceptor, "coin: offline", payee(), phone});
  add("out-storage", OutOfService{OutReason::storage, "journal: fsync failed", {}, phone});
  add("out-starting", OutOfService{OutReason::starting, {}, {}, phone});
  add("testing-empty", Testing{"note", 0, {}, {}});
  add("test-card", TestCard{{{100, 100}, {500, 700}}});
  add("testing", Testing{"coin", 12, Fen(1350), yuan(1)});
  add("testing-ending", Testing{"coin", 12, Fen(1350), yuan(1), true});
  add("gate-tampered", GateClosed{GateReason::tampered, "扶贫日募捐（示例）", {}, {}, {}, phone});
  add("gate-full", GateClosed{GateReason::box_full, "扶贫日募捐（示例）", {}, {}, {}, phone});
  add("gate-ended", GateClosed{GateReason::ended, "扶贫日募捐（示例）", "2026-10-11", "2026-11-24",
                               "pack 3", phone});
  out.push_back({"gate-no-pack", {}, 0});
  out.back().model.language = base.language;
  out.back().model.box = base.box;
  out.back().model.scene = GateClosed{GateReason::no_pack, {}, {}, {}, "pack: no file", {}};
}

}  // namespace

std::string sample_slip_payload() {
  return "https://ledger.example.org/v#v1.ledger.example.org/box/box-001/3f9c04d2.128." +
         std::string(43, 'k') + "." + std::string(22, 'Q') + "." + std::string(86, 'x');
}

std::vector<Sample> samples(Language language) {
  Model base;
  base.language = language;
  base.box = "box-001";
  base.disclosure = disclosure();
  std::vector<Sample> all;
  add_open(all, base);
  add_closed(all, base);
  return all;
}

}  // namespace yijuan::screen
