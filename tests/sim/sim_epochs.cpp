#include "sim_epochs.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace yijuan::sim {
namespace {

std::string file(unsigned number, const char* what) {
  return fmt::format("epochs/{}/{}", number, what);
}

}  // namespace

std::string SimEpoch::journal() const {
  return file(number, "journal.db");
}

tlog::SigningKey SimEpochs::key_of(const tlog::Seed& seed, const std::string& box) {
  const Origin origin{"ledger.example", box, tlog::epoch_id_of(tlog::public_key_of(seed))};
  return {origin.text(), tlog::KeyType::note, seed};
}

std::vector<SimEpoch> SimEpochs::all() const {
  std::vector<SimEpoch> epochs;
  while (true) {
    const auto number = static_cast<unsigned>(epochs.size() + 1);
    const std::string key = disk_.content(file(number, "log.key"));
    if (key.empty()) return epochs;
    const auto seed = tlog::parse_seed_file(key);
    YIJUAN_ASSERT(seed, "a key that was written whole");
    SimEpoch epoch{number, key_of(*seed, disk_.content("box")), std::nullopt};
    const auto certificate = sync::parse_epochs(disk_.content(file(number, "epoch.json")));
    if (certificate && !certificate->empty()) epoch.certificate = certificate->front();
    epochs.push_back(std::move(epoch));
  }
}

std::string SimEpochs::certificates(const std::vector<SimEpoch>& epochs) {
  std::vector<sync::EpochCertificate> all;
  for (const SimEpoch& epoch : epochs) {
    if (epoch.certificate) all.push_back(*epoch.certificate);
  }
  return all.empty() ? "" : sync::write_epochs(all);
}

void SimEpochs::add(unsigned number, const tlog::Seed& seed, const std::string& box,
                    const std::optional<sync::EpochCertificate>& certificate) {
  disk_.set_content("box", box);
  if (certificate) {
    disk_.set_content(file(number, "epoch.json"), sync::write_epochs({&*certificate, 1}));
  }
  disk_.set_content(file(number, "log.key"), tlog::write_seed_file(seed));  // last: it is there now
}

bool SimEpochs::delivered(const SimEpoch& epoch) const {
  return !disk_.content(file(epoch.number, "delivered")).empty();
}

void SimEpochs::set_delivered(const SimEpoch& epoch) {
  disk_.set_content(file(epoch.number, "delivered"), "yes");
}

unsigned SimEpochs::in_vain(const SimEpoch& epoch) const {
  const std::string text = disk_.content(file(epoch.number, "uncosigned"));
  return text.empty() ? 0 : static_cast<unsigned>(std::stoul(text));
}

void SimEpochs::set_in_vain(unsigned number, unsigned logs) {
  disk_.set_content(file(number, "uncosigned"), std::to_string(logs));
}

}  // namespace yijuan::sim
