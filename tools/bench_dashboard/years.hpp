// A year of gifts in twenty towns, a box each: through the ledger's own checks into its store, and
// one row each into a plain table and a CSV file for the references.
#pragma once

#include <filesystem>

namespace yijuan::bench {

inline constexpr int kTowns = 20;
inline constexpr const char* kYearFrom = "2026-01-01";
inline constexpr const char* kYearTo = "2026-12-31";

/// The files of a ledger of so many gifts; kept from run to run.
struct YearFiles {
  std::filesystem::path folder;
  [[nodiscard]] std::filesystem::path ledger() const { return folder / "ledger.db"; }
  [[nodiscard]] std::filesystem::path plain() const { return folder / "gifts.db"; }
  [[nodiscard]] std::filesystem::path csv() const { return folder / "gifts.csv"; }
  [[nodiscard]] std::filesystem::path duck() const { return folder / "gifts.duckdb"; }
};

/// Fills them if they are not there whole; says on stderr how far it is. `with_references`: the
/// plain table and the CSV file too. `gifts`: a multiple of 20,000.
YearFiles fill_year(const std::filesystem::path& parent, std::uint64_t gifts, bool with_references);

}  // namespace yijuan::bench
