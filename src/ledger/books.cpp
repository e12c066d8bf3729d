#include "ledger/books.hpp"

namespace yijuan::ledger {
namespace {

std::vector<Posting> transfer(std::string debit, std::string credit, Fen amount) {
  return {{std::move(debit), amount}, {std::move(credit), Fen(0) - amount}};
}

}  // namespace

std::vector<Posting> postings(const tlog::Body& body, Fen given) {
  if (const auto* cash = std::get_if<tlog::Cash>(&body)) {
    return transfer("box", cash->purpose == tlog::Purpose::gift ? "open" : "test", cash->amount);
  }
  if (const auto* gift = std::get_if<tlog::Gift>(&body)) {
    if (given == Fen(0)) return {};
    return transfer(gift->channel == tlog::Channel::cash ? "open" : "payment",
                    "income:" + gift->terms.designation, given);
  }
  return {};
}

}  // namespace yijuan::ledger
