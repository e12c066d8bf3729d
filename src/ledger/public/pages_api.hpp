// What the `pages` listener answers: the public log (public.md), and entries for auditors. Only
// what was published is shown, never what a box sent since.
#pragma once

#include <string>

#include "ledger/public/auditors.hpp"
#include "ledger/public/public_folder.hpp"
#include "ledger/store/ledger_store.hpp"
#include "net/http.hpp"

namespace yijuan::ledger {

class PagesApi {
 public:
  /// `store` outlives the API.
  PagesApi(PublicFolder folder, std::string domain, Auditors auditors, LedgerStore& store)
      : folder_(std::move(folder)),
        domain_(std::move(domain)),
        auditors_(std::move(auditors)),
        store_(store) {}

  /// Blocking: reads files and, for an auditor, the store. `today` in Shanghai.
  [[nodiscard]] net::HttpResponse answer(const net::HttpRequest& request, domain::Day today) const;

 private:
  struct Content;
  Result<std::optional<Content>> find(const PublicResource& resource) const;
  Result<std::optional<Content>> find_tile(const published::Tile& wanted) const;
  Result<std::optional<Content>> find_proof(const published::Proof& wanted) const;
  Result<std::optional<Content>> find_bundle(const published::Bundle& wanted) const;
  Result<bool> may_read_entries(const net::HttpRequest& request, domain::Day today) const;

  PublicFolder folder_;
  std::string domain_;
  Auditors auditors_;
  LedgerStore& store_;
};

}  // namespace yijuan::ledger
