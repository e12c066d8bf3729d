// The logs of a simulated box on its disk, as kiosk/epochs.hpp keeps kioskd's in a folder: a key,
// a certificate and a journal each. A log gets its name when all of it is durable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/epoch.hpp"
#include "tests/support/disk/sim_disk.hpp"
#include "tlog/key.hpp"

namespace yijuan::sim {

struct SimEpoch {
  unsigned number = 1;
  tlog::SigningKey key;                               // its name is the log's origin
  std::optional<sync::EpochCertificate> certificate;  // the first has none
  [[nodiscard]] const std::string& origin() const { return key.verifier().name; }
  [[nodiscard]] std::string journal() const;
};

class SimEpochs {
 public:
  explicit SimEpochs(test::SimDisk& disk) : disk_(disk) {}

  /// Oldest first.
  [[nodiscard]] std::vector<SimEpoch> all() const;
  /// JSON of the certificates of all but the first.
  [[nodiscard]] static std::string certificates(const std::vector<SimEpoch>& epochs);
  /// REQUIRES: the journal of it is durable, or it is the first.
  void add(unsigned number, const tlog::Seed& seed, const std::string& box,
           const std::optional<sync::EpochCertificate>& certificate);
  [[nodiscard]] bool delivered(const SimEpoch& epoch) const;
  void set_delivered(const SimEpoch& epoch);
  /// Logs in a row, up to this one, that were left without anything cosigned.
  [[nodiscard]] unsigned in_vain(const SimEpoch& epoch) const;
  void set_in_vain(unsigned number, unsigned logs);

  static tlog::SigningKey key_of(const tlog::Seed& seed, const std::string& box);

 private:
  test::SimDisk& disk_;
};

}  // namespace yijuan::sim
