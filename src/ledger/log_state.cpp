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
  return boost::json::serialize(
      boost::json::object{{"own", retold.own}, {"pieces", boost::json::value_from(retold.pieces)}});
}

std::optional<Retold> parse_retold(std::string_view text) {
  if (text.empty()) return Retold{};
  boost::system::error_code error;
  const auto json = boost::json::parse(text, error);
  const auto* const object = json.if_object();
  if (error || object == nullptr || !object->contains("own") || !object->contains("pieces")) {
    return std::nullopt;
  }
  auto own = boost::json::try_value_to<Seq>(object->at("own"));
  auto pieces = boost::json::try_value_to<decltype(Retold::pieces)>(object->at("pieces"));
  if (!own || !pieces) return std::nullopt;
  return Retold{.own = *own, .pieces = *std::move(pieces)};
}

}  // namespace yijuan::ledger
