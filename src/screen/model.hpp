// What the box's screen shows, as plain data: one scene of a few, and the language. The kiosk makes
// a Model from the session, the pack and the devices; screen/scene.hpp lays it out. Nothing here
// draws, waits or decides, and every sum in it is already durable (write before you thank).
//
// Texts of the campaign (names, slogans, panels) come as written in the pack; fixed words come
// from config/lang by key, so that reasons and states are enumerations here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fen.hpp"
#include "tlog/entry.hpp"

namespace yijuan::screen {

enum class Language { zh_cn, en };

/// What the law wants on a conspicuous place of the box; an empty text is left out.
struct Disclosure {
  std::string organisation;  // 募捐主体: the charity with certificate and account, full name
  std::string partner;       // 合作方 / 承办单位
  std::string agreement;     // number of the agreement with the partner
  std::string host;          // 设箱单位
  std::string certificate;   // public fundraising certificate
  std::string filing;        // 备案编号
  std::string plan;          // plan in brief: "2026-10-11 至 2026-11-24，用于……"
  std::string contact;       // phone or address of the organisation
  std::string query;         // how to query the result
  std::string phone;         // 监督电话
  friend bool operator==(const Disclosure&, const Disclosure&) = default;
};

/// One picture-less panel of the exhibition or a public notice.
struct Panel {
  std::string theme;  // "产业发展篇"
  std::string title;
  std::string text;
  friend bool operator==(const Panel&, const Panel&) = default;
};

/// The organisation's own payment code. Under it always stands whom it pays.
struct Payee {
  std::string payload;  // text of the QR code, at most 512 bytes
  std::string name;     // who is paid
  friend bool operator==(const Payee&, const Payee&) = default;
};

/// Nobody stands before the box.
struct Idle {
  std::string campaign;
  std::string slogan;
  std::vector<Panel> panels;  // shown in turn, 8 s each
  std::optional<Payee> payee;
  bool takes_coins = true;
  bool takes_notes = false;
  bool offers_free = true;     // button 自由捐
  bool offers_one_day = true;  // button 一日捐
  bool each_yuan = true;       // each yuan is its own gift; else coins add up to one gift
  std::uint64_t gifts = 0;  // 笔 of this box so far; 0 is left out. Never a sum: thieves read too
  bool coins_down = false;  // one slot does not work, the other does
  bool notes_down = false;
  bool slips_on_screen = false;  // the printer does not work: slips only as codes on the screen
  friend bool operator==(const Idle&, const Idle&) = default;
};

/// Money is coming in.
struct Counting {
  tlog::Activity activity = tlog::Activity::free;
  Fen amount{};               // so far
  std::optional<Fen> goal{};  // chosen amount
  std::string designation{};  // name from the pack: "统筹使用"
  bool takes_coins = true;
  bool takes_notes = false;
  friend bool operator==(const Counting&, const Counting&) = default;
};

/// How much should it be? Any amount, and none, is accepted.
struct AmountChoice {
  tlog::Activity activity = tlog::Activity::one_day;
  std::vector<Fen> presets;  // at most 6
  friend bool operator==(const AmountChoice&, const AmountChoice&) = default;
};

enum class PrintState {
  unavailable,  // no printer, or it does not work now: the code on the screen is the slip
  offered,
  printing,
  printed,
  failed,     // nothing usable came out: the code on the screen is the slip
  uncertain,  // may have come out in part
};

/// A gift is durable.
struct Thanks {
  tlog::Activity activity = tlog::Activity::one_yuan;
  Fen amount;
  std::string designation;
  std::string slip_number;   // "BOX-EPOCH4-NNNNNN"
  std::string slip_payload;  // QR of the slip; empty: no code
  PrintState print = PrintState::unavailable;
  // Each yuan its own gift: how many gifts came one after another, this one included, and their
  // sum. The screen shows them from 2 to 20 gifts.
  std::uint32_t row_gifts = 1;
  Fen row_amount;
  friend bool operator==(const Thanks&, const Thanks&) = default;
};

/// A technician tests an acceptor: money that is no gift.
struct Testing {
  std::string device;  // "coin", "note"
  std::uint32_t pieces = 0;
  Fen total{};
  Fen newest{};
  bool ending = false;  // nothing new is taken
  friend bool operator==(const Testing&, const Testing&) = default;
};

/// A technician looks at the screen itself: colours, greys, edges, and where fingers are felt.
struct TestCard {
  struct Point {
    int x = 0, y = 0;
    friend bool operator==(const Point&, const Point&) = default;
  };
  static constexpr std::size_t kMostTouches = 20;
  std::vector<Point> touches;  // the newest ones, oldest first
  void touch(Point point) {
    if (touches.size() == kMostTouches) touches.erase(touches.begin());
    touches.push_back(point);
  }
  friend bool operator==(const TestCard&, const TestCard&) = default;
};

enum class OutReason { starting, acceptor, storage, storage_full, clock, stopping, other };

/// The box takes no cash: why, what still works, whom to call.
struct OutOfService {
  OutReason reason = OutReason::other;
  std::string detail;          // for technicians, small: "coin: offline"; may be empty
  std::optional<Payee> payee;  // given where paying by phone still works
  std::string phone;
  friend bool operator==(const OutOfService&, const OutOfService&) = default;
};

enum class GateReason {
  no_pack,
  bad_signature,
  incomplete,
  not_begun,
  ended,
  other_box,
  date_unknown,
  door_open,
  tampered,
  box_full
};

/// No gifts now: the campaign pack does not allow them, or the box is open or full.
struct GateClosed {
  GateReason reason = GateReason::no_pack;
  std::string campaign;  // where known
  std::string from;      // "2026-10-11": dates of the pack, where known
  std::string until;
  std::string detail;  // for technicians, small
  std::string phone;
  friend bool operator==(const GateClosed&, const GateClosed&) = default;
};

using SceneModel =
    std::variant<Idle, Counting, AmountChoice, Thanks, Testing, TestCard, OutOfService, GateClosed>;

/// A short message over the scene's head. The kiosk takes it away after some seconds.
enum class Notice { cash_returned, cash_unknown, slip_in_tray };

struct Model {
  Language language = Language::zh_cn;
  SceneModel scene = OutOfService{OutReason::starting, {}, {}, {}};
  std::optional<Notice> notice;
  Disclosure disclosure;
  std::string box;  // id of the box, in the foot
  friend bool operator==(const Model&, const Model&) = default;
};

/// What a button stands for.
enum class Intent {
  switch_language,
  begin_free,
  begin_one_day,
  choose_amount,  // Action::amount; zero: any amount
  leave,          // back to idle with nothing given
  finish,         // close the gift with what came in
  print_slip,
  no_slip,  // done with the thanks scene
};

/// What a tap asks for.
struct Action {
  Intent intent = Intent::leave;
  Fen amount;
  friend bool operator==(const Action&, const Action&) = default;
};

}  // namespace yijuan::screen
