#include "ledger/log_state.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "base/bytes.hpp"

namespace yijuan::ledger {
namespace {

constexpr char kMark = '~';  // in no origin
constexpr std::size_t kNameLength = 8;

}  // namespace

std::string fork_name(const Hash& leaf) {
  return to_hex(leaf).substr(0, kNameLength);
}

std::string fork_origin(std::string_view origin, std::string_view fork) {
  std::string name(origin);
  name += kMark;
  name += fork;
  return name;
}

std::string_view log_of_fork(std::string_view fork_origin) {
  return fork_origin.substr(0, fork_origin.find(kMark));
}

std::string_view name_of_fork(std::string_view fork_origin) {
  const std::size_t mark = fork_origin.find(kMark);
  return mark == std::string_view::npos ? std::string_view() : fork_origin.substr(mark + 1);
}

std::string write_retold(const Retold& retold) {
  if (retold == Retold{}) return {};
  boost::json::array known;
  for (const Retold::Known& one : retold.known) {
    known.push_back({{"from", one.from}, {"pieces", boost::json::value_from(one.pieces)}});
  }
  return boost::json::serialize(boost::json::object{{"own", retold.own}, {"known", known}});
}

std::optional<Retold> parse_retold(std::string_view text) {
  if (text.empty()) return Retold{};
  try {
    const auto json = boost::json::parse(text);
    Retold retold{.own = json.at("own").to_number<Seq>(), .known = {}};
    for (const auto& one : json.at("known").as_array()) {
      retold.known.push_back(
          {.from = one.at("from").to_number<Seq>(),
           .pieces = boost::json::value_to<decltype(Retold::Known::pieces)>(one.at("pieces"))});
    }
    return retold;
  } catch (const std::exception&) {  // no JSON, or no such parts
    return std::nullopt;
  }
}

}  // namespace yijuan::ledger
