// The coin acceptor's side of ccTalk as facts and arithmetic: commands, replies, the event
// counter, error codes. No clock and no port. Source: the generic ccTalk specification 4.7, and
// what devices were seen to do.
//
// The invariant that money rests on: the device counts its events 1..255, 1..255 … and holds the
// newest five; 0 stands only between its power-up and its first event. So a difference of
// counters tells exactly how many events are new, and how many of them can no longer be read.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/cctalk/frame.hpp"

namespace yijuan::cctalk {

enum class Header : std::uint8_t {
  reply = 0,
  comms_revision = 4,
  nak = 5,
  busy = 6,
  note_accept_counter = 150,
  operating_mode = 152,
  modify_operating_mode = 153,
  route_note = 154,
  note_scale = 156,
  note_id = 157,
  read_note_events = 159,
  coin_id = 184,
  build_code = 192,
  fraud_counter = 193,
  reject_counter = 194,
  request_sorter_path = 209,
  modify_sorter_path = 210,
  option_flags = 213,
  accept_counter = 225,
  insertion_counter = 226,
  master_inhibit_status = 227,
  modify_master_inhibit = 228,
  read_credits = 229,
  inhibit_status = 230,
  modify_inhibits = 231,
  self_check = 232,
  software_revision = 241,
  serial_number = 242,
  product_code = 244,
  category = 245,
  manufacturer = 246,
  polling_priority = 249,
  simple_poll = 254,
};

inline constexpr int kMostPositions = 16;

Frame make_request(std::uint8_t address, Header header, Bytes data = {});
/// The data of a reply from `address`. NAK is not_supported, BUSY is busy, anything else that is
/// not a reply to the host is bad_reply.
Result<Bytes> read_reply(const Frame& frame, std::uint8_t address, Checksum checksum);

/// Coin positions 1..16 as the two mask bytes of 231: bit 0 of the first is coin 1; 1 = accepted.
struct PositionMask {
  std::uint16_t bits = 0;

  [[nodiscard]] bool has(int position) const { return (bits >> (position - 1) & 1) != 0; }
  void add(int position) { bits = static_cast<std::uint16_t>(bits | 1U << (position - 1)); }
  [[nodiscard]] Bytes data() const;
  /// One byte will do (a device of eight coins); nothing on any other length.
  static std::optional<PositionMask> parse(BytesView data);
  friend bool operator==(PositionMask, PositionMask) = default;
};

/// One event as the device tells it.
struct RawEvent {
  std::uint8_t a = 0;  // coin position; 0: `b` is an error code
  std::uint8_t b = 0;  // sorter path of a coin
  friend bool operator==(RawEvent, RawEvent) = default;
};

/// Reply to read_credits.
struct CreditBuffer {
  static constexpr int kSlots = 5;
  int counter = 0;
  std::array<RawEvent, kSlots> newest_first{};

  static std::optional<CreditBuffer> parse(BytesView data);
  /// It holds all that happened since the power-up, and none of it is money.
  [[nodiscard]] bool moneyless() const;
};

struct CountedEvent {
  int counter = 0;  // 1..255
  RawEvent event;
  friend bool operator==(const CountedEvent&, const CountedEvent&) = default;
};

/// What happened since counter `last`.
struct NewEvents {
  std::vector<CountedEvent> events;  // oldest first, at most five
  int lost = 0;                      // events before these that nobody can read any more
  bool restarted = false;            // the counter fell to 0: the device lost its memory
};

NewEvents new_events(const CreditBuffer& buffer, int last);
/// Whether `now` is `before` with `count` events more.
bool continues(const CreditBuffer& before, const CreditBuffer& now, int count);

/// What an error code calls for.
enum class ErrorClass {
  benign,    // a piece came back, or nothing happened
  hardware,  // something in the way or out of order: somebody must look
  fraud,     // looks like a trick: somebody must look
  person,    // return lever or flight deck opened
  other,
};
enum class PieceBack { yes, no, possibly };

struct ErrorCode {
  int code = 0;
  std::string_view name;
  PieceBack back = PieceBack::possibly;
  ErrorClass kind = ErrorClass::other;
};

/// What code `code` (0..255) means. Codes 128..159 are inhibited coins of type 1..32.
ErrorCode error_code(int code);
/// Whether `code` says that a coin was refused because it, or everything, is inhibited.
bool is_inhibited_coin(int code);

/// A coin's name in the device: country, value, issue ("CN100A": China, 100 fen, issue A).
struct CoinId {
  std::string country;
  std::int64_t thousandths = 0;  // of the country's base unit (fen for CN): 5m0 is 5
  char issue = 'A';

  /// Nothing for a blank position ("......") and for what is not a coin id.
  static std::optional<CoinId> parse(std::string_view text);
  friend bool operator==(const CoinId&, const CoinId&) = default;
};

/// What polling_priority answers, as milliseconds; nothing where the device leaves it open.
std::optional<std::int64_t> poll_milliseconds(BytesView data);
/// A serial number as text: 3 or 4 bytes, least significant first, in decimal.
std::optional<std::string> serial_text(BytesView data);
/// A total that the device keeps: 3 bytes, least significant first.
std::optional<std::uint64_t> counter_value(BytesView data);
/// Whether option flags say that credits are values (bit 0), not coin positions.
bool reports_values(BytesView option_flags);
/// A device's text with everything but printable ASCII removed, and the padding at its end.
std::string printable(BytesView data);
/// Name of a self-check result (232).
std::string_view self_check_name(int code);
/// A reply to self_check as people read it: "self-check 2: inductive coils (1)"; empty for good,
/// and for a reply that says nothing.
std::string self_check_text(BytesView reply);

}  // namespace yijuan::cctalk
