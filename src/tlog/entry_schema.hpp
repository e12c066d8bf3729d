// The fields of each entry type, in the order of the line: read by the writer and by the reader
// of lines alike, so that they cannot disagree. Private to tlog.
//
// `io` is a writer or a reader with a method for each kind of field; `T` is const for a writer.
#pragma once

#include <concepts>
#include <type_traits>

#include "tlog/entry_line.hpp"

namespace yijuan::tlog {

template <class T, class Body>
concept Is = std::same_as<std::remove_const_t<T>, Body>;

inline constexpr std::uint64_t kLargestCounter = 2'147'483'647;

template <class Io, Is<Terms> T>
void fields(Io& io, T& terms) {
  io.word("activity", terms.activity);
  io.text("designation", terms.designation, kLongestName);
  io.text("unit", terms.unit, kLongestName);
}

template <class Io, Is<Epoch> T>
void fields(Io& io, T& epoch) {
  io.text("key", epoch.key, kLongestText);
  io.predecessor("previous", epoch.previous);
  io.text("why", epoch.why, kLongestName);
}

template <class Io, Is<Boot> T>
void fields(Io& io, T& boot) {
  io.text("version", boot.version, kLongestName);
  io.flag("clean", boot.clean);
}

template <class Io, Is<Cash> T>
void fields(Io& io, T& cash) {
  io.text("device", cash.device, kLongestName);
  io.text("serial", cash.serial, kLongestName);
  io.number("counter", cash.counter, 0, kLargestCounter);
  io.amount("fen", cash.amount);
  io.number("session", cash.session, 0, kLargestNumber);
  fields(io, cash.terms);
  io.word("purpose", cash.purpose);
}

template <class Io, Is<Intent> T>
void fields(Io& io, T& intent) {
  io.text("device", intent.device, kLongestName);
  io.text("serial", intent.serial, kLongestName);
  io.number("counter", intent.counter, 0, kLargestCounter);
  io.amount("fen", intent.amount);
  io.word("purpose", intent.purpose);
}

template <class Io, Is<Returned> T>
void fields(Io& io, T& returned) {
  io.text("device", returned.device, kLongestName);
  io.text("serial", returned.serial, kLongestName);
  io.number("counter", returned.counter, 0, kLargestCounter);
  io.number("intent", returned.intent, 0, kLargestNumber);
  io.text("why", returned.why, kLongestText);
}

template <class Io, Is<Disputed> T>
void fields(Io& io, T& disputed) {
  io.text("device", disputed.device, kLongestName);
  io.text("serial", disputed.serial, kLongestName);
  io.number("counter", disputed.counter, 0, kLargestCounter);
  io.amount("fen", disputed.amount);
  io.number("intent", disputed.intent, 0, kLargestNumber);
  io.text("why", disputed.why, kLongestText);
}

template <class Io, Is<Gift> T>
void fields(Io& io, T& gift) {
  fields(io, gift.terms);
  io.word("channel", gift.channel);
  io.amount("fen", gift.amount);
  io.text("campaign", gift.campaign, kLongestName);
  io.number("people", gift.people, 1, kMostPeople);
  io.number("slip", gift.slip, 0, kLargestNumber);
  io.ascending("cash", gift.cash, kMostCashOfGift);
  io.hash("claim", gift.claim);
  io.text("closed", gift.closed, kLongestName);
}

template <class Io, Is<Slip> T>
void fields(Io& io, T& slip) {
  io.number("gift", slip.gift, 0, kLargestNumber);
  io.number("copy", slip.copy, 0, 1'000'000);
  io.word("outcome", slip.outcome);
  io.text("why", slip.why, kLongestText);
}

template <class Io, Is<Gap> T>
void fields(Io& io, T& gap) {
  io.text("device", gap.device, kLongestName);
  io.text("serial", gap.serial, kLongestName);
  io.number("counter", gap.counter, 0, kLargestCounter);
  io.maybe_number("lost", gap.lost, 1'000'000);
  io.text("why", gap.why, kLongestText);
}

template <class Io, Is<Door> T>
void fields(Io& io, T& door) {
  io.text("contact", door.contact, kLongestName);
  io.text("state", door.state, kLongestName);
  io.text("authority", door.authority, kLongestName);
}

template <class Io, Is<Fault> T>
void fields(Io& io, T& fault) {
  io.text("device", fault.device, kLongestName);
  io.text("code", fault.code, kLongestName);
  io.text("text", fault.text, kLongestText);
}

template <class Io, Is<Recovered> T>
void fields(Io& io, T& recovered) {
  io.text("device", recovered.device, kLongestName);
  io.text("code", recovered.code, kLongestName);
}

template <class Io, Is<ClockStep> T>
void fields(Io& io, T& step) {
  io.time("from", step.from);
  io.time("to", step.to);
  io.word("was", step.was);
}

template <class Io, Is<Pack> T>
void fields(Io& io, T& pack) {
  io.text("campaign", pack.campaign, kLongestName);
  io.number("version", pack.version, 0, kLargestNumber);
  io.hash("hash", pack.hash);
}

template <class Io, Is<Witness> T>
void fields(Io& io, T& witness) {
  io.text("origin", witness.origin, kLongestText);
  io.number("size", witness.size, 0, kLargestNumber);
  io.hash("root", witness.root);
  io.text("signature", witness.signature, kLongestText);
}

template <class Io, Is<Lost> T>
void fields(Io& io, T& lost) {
  io.text("origin", lost.origin, kLongestText);
  io.number("size", lost.size, 0, kLargestNumber);
  io.hash("root", lost.root);
  io.number("head", lost.head, 0, kLargestNumber);
  io.number("unsynced", lost.unsynced, 0, kLargestNumber);
  io.number("unsynced_fen", lost.unsynced_fen, 0, kLargestNumber);
  io.text("why", lost.why, kLongestText);
}

template <class Io, Is<Closing> T>
void fields(Io& io, T& closing) {
  io.text("origin", closing.origin, kLongestText);
  io.number("size", closing.size, 0, kLargestNumber);
  fields(io, closing.terms);
  io.amount("fen", closing.amount);
  io.ascending("cash", closing.cash, kMostCashOfGift);
  io.text("why", closing.why, kLongestText);
}

template <class Io, Is<Quarantined> T>
void fields(Io& io, T& quarantined) {
  io.text("origin", quarantined.origin, kLongestText);
  io.text("fork", quarantined.fork, kLongestName);
  io.number("first", quarantined.first, 0, kLargestNumber);
  io.hashes("leaves", quarantined.leaves, kMostLeaves);
}

template <class Io, Is<Digest> T>
void fields(Io& io, T& digest) {
  io.text("day", digest.day, kLongestName);
  io.number("logs", digest.logs, 0, kLargestNumber);
  io.hash("hash", digest.hash);
}

template <class Io, Is<Hole> T>
void fields(Io& io, T& hole) {
  io.text("origin", hole.origin, kLongestText);
  io.number("held", hole.held, 0, kLargestNumber);
  io.number("seen", hole.seen, 0, kLargestNumber);
  io.hash("root", hole.root);
  io.text("why", hole.why, kLongestText);
}

template <class Io, Is<Enrolled> T>
void fields(Io& io, T& enrolled) {
  io.text("box", enrolled.box, kLongestName);
  io.text("origin", enrolled.origin, kLongestText);
  io.text("key", enrolled.key, kLongestText);
  io.hash("spki", enrolled.spki);
}

template <class Io, Is<Revoked> T>
void fields(Io& io, T& revoked) {
  io.text("box", revoked.box, kLongestName);
  io.hash("spki", revoked.spki);
}

template <class Io, Is<Epoch::Predecessor> T>
void fields(Io& io, T& previous) {
  io.text("origin", previous.origin, kLongestText);
  io.number("size", previous.size, 0, kLargestNumber);
  io.hash("root", previous.root);
}

/// Of the header, all but `seq`, which opens the line, and `type`, which ends the header.
template <class Io, Is<Header> T>
void fields(Io& io, T& header) {
  io.time("at", header.at.time);
  io.word("q", header.at.quality);
  io.boot("boot", header.boot);
  io.uptime("up", header.up);
  io.salt("salt", header.salt);
}

}  // namespace yijuan::tlog
