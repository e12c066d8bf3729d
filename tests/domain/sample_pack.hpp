// The sample pack of config/campaign, as text, changed, signed.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "domain/pack.hpp"
#include "tlog/note.hpp"

namespace yijuan::domain {

inline std::string sample_json() {
  std::ifstream file(YIJUAN_SOURCE_DIR "/config/campaign/sample.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
inline CampaignPack sample() {
  return parse_pack(sample_json()).value();
}
inline std::string changed_sample(const std::function<void(boost::json::object&)>& change) {
  boost::json::value sample = boost::json::parse(sample_json());
  change(sample.as_object());
  return boost::json::serialize(sample);
}
inline tlog::SigningKey pack_key(std::uint8_t seed) {
  return {"packs.example.org", tlog::KeyType::note, {seed}};
}
inline std::string signed_pack(std::string json, const tlog::SigningKey& key) {
  if (!json.ends_with('\n')) json += '\n';
  return tlog::sign_note(std::move(json), key);
}

}  // namespace yijuan::domain
