#include "kiosk/export_desk.hpp"

#include "base/bytes.hpp"
#include "kiosk/table_values.hpp"
#include "net/errc.hpp"
#include "sync/journal_batch.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

json::object list(const ExportDesk& desk) {
  json::array logs;
  for (const ExportDesk::Log& log : desk.logs) {
    logs.push_back({{"origin", log.key->verifier().name},
                    {"head", log.journal->head().size},
                    {"cosigned", log.journal->cosigned_size()}});
  }
  return {{"logs", std::move(logs)}, {"epochs", desk.certificates}};
}

Task<json::object> batch(ExportDesk::Log log, Seq first) {
  if (first >= log.journal->head().size) {
    co_return Error(NetErrc::refused, "the log has no such entry");
  }
  auto made = co_await sync::make_batch(*log.journal, *log.key, first, {});
  if (!made) co_return made.error();
  co_return json::object{{"packed", to_base64(sync::pack(made->batch))},
                         {"end", made->checkpoint.size}};
}

Task<json::object> cosigned(ExportDesk::Log log, const tlog::VerifierKey* cosigner,
                            std::string note) {
  if (cosigner == nullptr) co_return Error(NetErrc::refused, "the office has not answered yet");
  auto taken =
      co_await sync::take_cosigned(*log.journal, log.key->verifier(), *cosigner, std::move(note));
  if (!taken) co_return taken.error();
  co_return json::object{{"taken", *taken}, {"cosigned", log.journal->cosigned_size()}};
}

}  // namespace

Task<json::object> answer_export(ExportDesk desk, json::object question) {
  const std::string what = text(question, "do");
  if (what == "list") co_return list(desk);
  for (const ExportDesk::Log& log : desk.logs) {
    if (log.key->verifier().name != text(question, "origin")) continue;
    if (what == "batch") {
      auto made = co_await batch(log, static_cast<Seq>(number(question, "first")));
      co_return made;
    }
    if (what == "cosigned") {
      auto taken = co_await cosigned(log, desk.cosigner, text(question, "note"));
      co_return taken;
    }
  }
  co_return Error(NetErrc::refused, "no such log, or no such question");
}

}  // namespace yijuan::kiosk
