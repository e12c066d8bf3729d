#include "kiosk/box.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"

namespace yijuan::kiosk {
namespace {

constexpr std::size_t kGiftsKept = 32;

Uptime uptime_of(Instant instant) {
  return std::chrono::floor<std::chrono::milliseconds>(instant);
}

domain::CashBatch batch_of(const CashReport& report) {
  domain::CashBatch batch{.device = report.mark.device,
                          .serial = report.mark.serial,
                          .facts = {},
                          .counter = report.mark.counter,
                          .lost = report.lost,
                          .restarted = report.restarted,
                          .swapped = report.swapped};
  for (const CashEvent& event : report.events) {
    if (const auto* accepted = std::get_if<CashAccepted>(&event)) {
      batch.facts.emplace_back(domain::CashIn{accepted->counter, accepted->amount});
    } else if (const auto* back = std::get_if<CashReturned>(&event)) {
      if (!back->piece) continue;  // an alarm; nobody stands before a return tray
      batch.facts.emplace_back(domain::CashRefused{back->returned, back->from_escrow, back->text});
    } else {
      batch.facts.emplace_back(domain::NoteUnclear{std::get<NoteUnclear>(event).text});
    }
  }
  return batch;
}

// Whether the note that was held is not held any more, as far as this report can tell.
bool ends_escrow(const CashReport& report) {
  if (report.restarted || report.swapped) return true;
  return std::ranges::any_of(report.events, [](const CashEvent& event) {
    const auto* back = std::get_if<CashReturned>(&event);
    return back == nullptr || back->from_escrow;
  });
}

}  // namespace

Box::Box(World world, Identity identity, History history)
    : world_(std::move(world)),
      identity_(std::move(identity)),
      history_(std::move(history)),
      session_(history_.books),
      offered_(DomainErrc::pack_missing),
      changed_(world_.executor),
      room_(world_.executor),
      settled_(world_.executor) {
  room_.set();
  settled_.set();
}

domain::SessionContext Box::context() const {
  return {.now = uptime_of(world_.clock.now()),
          .next_seq = world_.journal.next_seq(),
          .pack = pack_ ? &*pack_ : nullptr,
          .origin = identity_.origin,
          .slip_key = identity_.slip_key,
          .paper = paper_};
}

void Box::start(bool clean) {
  std::vector<tlog::Body> bodies;
  if (world_.journal.next_seq() == 0) {
    bodies.emplace_back(tlog::Epoch{identity_.vkey, identity_.previous, identity_.why});
  }
  bodies.emplace_back(tlog::Boot{YIJUAN_VERSION, clean});
  domain::SessionContext at_recovery = context();
  at_recovery.next_seq += bodies.size();
  if (offered_) at_recovery.pack = &*offered_;
  std::vector<tlog::Body> left = domain::recover(history_.books, at_recovery);
  std::ranges::move(left, std::back_inserter(bodies));
  write(std::move(bodies));
  session_ = domain::Session(history_.books);
  look_around();
}

void Box::take(const CashReport& report) {
  if (failure_) return;
  hear_alarms(report);
  if (ends_escrow(report)) verdicts_.erase(report.mark.device);
  const Instant heard = report.heard == Instant{} ? world_.clock.now() : report.heard;
  run(batch_of(report), report.mark, heard);
}

// In the order of the events: a piece that is taken as it should be ends the alarms before it.
void Box::hear_alarms(const CashReport& report) {
  const std::string& device = report.mark.device;
  for (const CashEvent& event : report.events) {
    if (std::holds_alternative<CashAccepted>(event)) write(alarms_.over(device, history_.health));
    const auto* returned = std::get_if<CashReturned>(&event);
    if (returned == nullptr || !returned->alarm) continue;
    log_warning(device, returned->text);
    write(alarms_.raised(device, returned->text, uptime_of(world_.clock.now()), history_.health));
  }
}

void Box::device(const DeviceState& state) {
  if (failure_) return;
  if (state.device == "door") {
    door_driver_ = state;
    return report_door();
  }
  write(history_.health.report(state.device, state.code, state.text));
}

void Box::touch(const domain::SessionEvent& event) {
  run(event);
}

void Box::printed(const domain::Printed& printed) {
  run(printed);
}

void Box::tick() {
  give_back_late(world_.clock.now());
  run(domain::Tick{});
}

void Box::paper(bool present) {
  if (std::exchange(paper_, present) != present) run(domain::Tick{});
}

void Box::offer_pack(Result<domain::CampaignPack> pack) {
  offered_ = std::move(pack);
  adopted_ = false;
}

void Box::look_around() {
  if (failure_) return;
  watch_clock();
  adopt_pack();
  check_gate();
}

void Box::adopt_pack() {
  if (adopted_ || !session_.idle()) return;
  adopted_ = true;
  pack_.reset();
  if (!offered_) return;
  pack_ = *offered_;
  if (history_.pack && history_.pack->hash == pack_->hash) return;
  write({tlog::Pack{pack_->campaign, pack_->version, pack_->hash}});
}

void Box::check_gate() {
  domain::DateSources sources;
  sources.now = world_.wall.now();
  if (pack_) sources.pack_signed = pack_->signed_at;
  sources.last_trusted_entry = history_.last_trusted;
  const domain::TrustedDate today = domain::trusted_date(sources);
  // A broken new file does not end a campaign whose pack is in force until nobody is in front.
  const domain::Gate campaign = pack_ ? domain::check_gate(*pack_, identity_.box, today)
                                      : domain::check_gate(offered_, identity_.box, today);
  write(history_.health.report("campaign", campaign.open() ? "" : to_text(campaign.reason),
                               campaign.text.english()));
  const domain::Gate box = domain::check_box(history_.door.state(), box_full_);
  run(domain::GateChecked{box.open() ? campaign : box});
}

void Box::watch_clock() {
  const auto step = clock_watch_.look(world_.wall.now(), world_.wall.uptime());
  if (step) write({*step});
}

void Box::disk_full(bool full) {
  // A fault of an earlier run counts too: the disk may have got room while nothing ran.
  const bool told = history_.health.fault("journal") != nullptr;
  if (failure_ || (storage_full_ == full && told == full)) return;
  const bool changed = std::exchange(storage_full_, full) != full;
  if (changed && full) give_back_all();
  write(history_.health.report("journal", full ? "disk full" : "",
                               "no space is left for entries; free some, then coins are taken"));
  if (!changed) return;
  update_accept();
  if (shown_) world_.output.present(*shown_);  // not view(): that may thank for a coin under way
}

void Box::stop() {
  stopping_ = true;
  give_back_all();
  update_accept();
  run(domain::Done{});
}

void Box::witness(const tlog::Witness& seen) {
  if (!failure_) write({seen});
}

void Box::office_forked(const std::string& text) {
  if (!failure_) write(history_.health.report("ledger", "office forked", text));
}

void Box::leave(const std::string& why) {
  if (!failure_) damaged(Error(DomainErrc::log_left, why));
}

void Box::damaged(const Error& error) {
  if (failure_) return;
  failure_ = error;
  log_error("box", error.message());
  give_back_all();
  const domain::SessionStep step = session_.step(domain::JournalFailed{}, context());
  perform(step.effects);
  update_accept();
  room_.set();
  settled_.set();
}

void Box::fail(const Error& error) {
  if (failure_) return;
  damaged(error);
  world_.output.failed(error);
}

void Box::run(const domain::SessionEvent& event, std::optional<CounterMark> mark,
              std::optional<Instant> heard) {
  if (failure_) return;
  watch_clock();
  commit({session_.step(event, context()), std::move(mark), heard});
}

void Box::commit(Step step) {
  deadline_ = step.step.deadline;
  changed_.set();
  const bool silent = step.step.entries.empty() && !step.mark;
  if (silent && (step.step.effects.empty() || under_way_ == 0)) {
    return perform(step.step.effects);
  }
  std::vector<CounterMark> marks;
  if (step.mark) marks.push_back(*step.mark);
  const bool cash = std::ranges::any_of(step.step.entries, [](const tlog::Body& body) {
    return std::holds_alternative<tlog::Cash>(body);
  });
  const std::optional<Instant> heard = cash ? step.heard : std::nullopt;
  std::function<void()> after = [this, effects = std::move(step.step.effects), heard] {
    if (heard) {
      coin_to_durable_.add(world_.clock.now() - *heard);
      heard_ = heard;
    }
    perform(effects);
    heard_.reset();  // a step that changes no picture is not measured
  };
  append(std::move(step.step.entries), std::move(marks), std::move(after));
}

void Box::write(std::vector<tlog::Body> bodies) {
  if (!bodies.empty()) append(std::move(bodies), {}, {});
}

void Box::append(std::vector<tlog::Body> bodies, std::vector<CounterMark> marks,
                 std::function<void()> then) {
  ++under_way_;
  settled_.clear();
  if (under_way_ >= kMostUnderWay) room_.clear();
  const std::vector<tlog::Body> kept = bodies;
  auto done = [this, marks, then = std::move(then)](const Result<void>& result) {
    if (!result) return fail(result.error());
    for (const CounterMark& mark : marks) marks_.insert_or_assign(mark.device, mark);
    if (failure_) return;
    --under_way_;
    if (then) then();
    update_accept();
    if (under_way_ < kMostUnderWay) room_.set();
    if (under_way_ == 0) settled_.set();
    world_.output.durable();
  };
  const auto refs = world_.journal.append({std::move(bodies), std::move(marks)}, std::move(done));
  YIJUAN_ASSERT(refs.size() == kept.size(), "the journal numbered fewer entries than it got");
  for (std::size_t i = 0; i < refs.size(); ++i) {
    history_.add(refs[i].seq, refs[i].at, kept[i]);
    if (const auto* gift = std::get_if<tlog::Gift>(&kept[i])) {
      gifts_.emplace(refs[i].seq, DurableGift{*gift, refs[i]});
      if (gifts_.size() > kGiftsKept) gifts_.erase(gifts_.begin());
    }
  }
  update_accept();
}

void Box::perform(const std::vector<domain::SessionEffect>& effects) {
  for (const domain::SessionEffect& effect : effects) {
    if (const auto* present = std::get_if<domain::Present>(&effect)) {
      shown_ = present->view;
      world_.output.present(present->view);
    } else if (const auto* print = std::get_if<domain::PrintSlip>(&effect)) {
      world_.output.print(print->gift, print->copy);
    } else if (const auto* accept = std::get_if<domain::AcceptCash>(&effect)) {
      session_accepts_ = accept->accept;
      update_accept();
    } else {
      decide(std::get<domain::DecideNote>(effect));
    }
  }
}

void Box::update_accept() {
  const bool wanted =
      session_accepts_ && !failure_ && !storage_full_ && !stopping_ && under_way_ < kMostUnderWay;
  if (accepting_ == wanted) return;
  accepting_ = wanted;
  world_.output.accept(wanted);
}

std::optional<Instant> Box::deadline() const {
  if (failure_) return std::nullopt;
  std::optional<Instant> first;
  if (deadline_) first = Instant(*deadline_);
  for (const auto& [device, verdict] : verdicts_) {
    first = std::min(first.value_or(verdict.due), verdict.due);
  }
  return first;
}

std::vector<CounterMark> Box::marks() const {
  std::vector<CounterMark> all;
  all.reserve(marks_.size());
  for (const auto& [device, mark] : marks_) all.push_back(mark);
  return all;
}

const DurableGift* Box::gift(Seq seq) const {
  const auto at = gifts_.find(seq);
  const bool durable = at != gifts_.end() && seq < world_.journal.head().size;
  return durable ? &at->second : nullptr;
}

}  // namespace yijuan::kiosk
