// Any bytes as a campaign pack: what is read keeps its promises, and the gate has an answer for it.
#include <cstdint>

#include "base/assert.hpp"
#include "domain/gate.hpp"
#include "domain/pack.hpp"
#include "tlog/key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const std::string_view text = as_text({data, size});
  static const std::string vkey =
      tlog::SigningKey("packs.example", tlog::KeyType::note, tlog::Seed{1}).verifier().text();
  YIJUAN_ASSERT(!domain::open_pack(text, vkey), "a signature was forged");

  const auto pack = domain::parse_pack(text);
  const domain::Day today = domain::parse_day("2026-10-17").value();
  const domain::Gate gate = domain::check_gate(pack, "school-1", {today, true});
  YIJUAN_ASSERT(gate.open() == gate.text.zh.empty(), "a closed gate says why");
  if (!pack) {
    YIJUAN_ASSERT(!pack.error().detail().empty(), "a pack is refused without a reason");
    return 0;
  }
  YIJUAN_ASSERT(pack->first_day <= pack->last_day && pack->last_day.ok(), "dates");
  YIJUAN_ASSERT(!pack->designations.empty() && pack->version > 0, "required fields");
  YIJUAN_ASSERT(pack->verify_url.starts_with("https://") && pack->verify_url.size() <= 200,
                "an address that a slip can carry");
  for (const Fen amount : pack->free_amounts) {
    YIJUAN_ASSERT(amount > Fen(0) && amount <= kLargestAmount, "amounts");
  }
  return 0;
}
