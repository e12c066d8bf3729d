#include "tests/support/disk/disk_call.hpp"

#include <fmt/format.h>

namespace yijuan::test {

bool is_lie(DiskFault fault) {
  return fault > DiskFault::cut;
}

bool befalls(DiskFault fault, DiskOperation operation) {
  using enum DiskOperation;
  switch (fault) {
    case DiskFault::none:
      return false;
    case DiskFault::fail:
    case DiskFault::cut:
      return true;
    case DiskFault::fail_after:
      return operation == write || operation == truncate || operation == sync ||
             operation == remove || operation == rename || operation == sync_folder;
    case DiskFault::full:
      return operation == write || operation == reserve;
    case DiskFault::part:
    case DiskFault::misdirect:
      return operation == write || (operation == read && fault == DiskFault::misdirect);
    case DiskFault::drop:
      return operation == write || operation == truncate || operation == sync ||
             operation == sync_folder;
    case DiskFault::hold:
      return operation == write || operation == sync;
    case DiskFault::flip:
      return operation == write || operation == read;
    case DiskFault::stale:
    case DiskFault::cut_short:
      return operation == read;
  }
  return false;
}

std::string_view to_text(DiskOperation operation) {
  switch (operation) {
    case DiskOperation::open:
      return "open";
    case DiskOperation::read:
      return "read";
    case DiskOperation::write:
      return "write";
    case DiskOperation::truncate:
      return "truncate";
    case DiskOperation::sync:
      return "sync";
    case DiskOperation::size:
      return "size";
    case DiskOperation::lock:
      return "lock";
    case DiskOperation::memory:
      return "memory";
    case DiskOperation::remove:
      return "remove";
    case DiskOperation::rename:
      return "rename";
    case DiskOperation::sync_folder:
      return "sync_folder";
    case DiskOperation::settle:
      return "settle";
    case DiskOperation::reserve:
      return "reserve";
  }
  return "";
}

std::string_view to_text(DiskFault fault) {
  switch (fault) {
    case DiskFault::none:
      return "none";
    case DiskFault::fail:
      return "fail";
    case DiskFault::fail_after:
      return "fail_after";
    case DiskFault::full:
      return "full";
    case DiskFault::part:
      return "part";
    case DiskFault::cut:
      return "cut";
    case DiskFault::drop:
      return "drop";
    case DiskFault::hold:
      return "hold";
    case DiskFault::misdirect:
      return "misdirect";
    case DiskFault::stale:
      return "stale";
    case DiskFault::flip:
      return "flip";
    case DiskFault::cut_short:
      return "cut_short";
  }
  return "";
}

std::string to_text(const DiskCall& call) {
  return fmt::format("{} {} at {}, {} bytes", to_text(call.operation), call.path, call.offset,
                     call.bytes);
}

DiskCalls of(DiskOperation operation, std::string_view path_end) {
  return [operation, end = std::string(path_end)](const DiskCall& call) {
    return call.operation == operation && call.path.ends_with(end);
  };
}

std::string_view to_text(Lasts lasts) {
  switch (lasts) {
    case Lasts::once:
      return "once";
    case Lasts::its_kind:
      return "from then on";
    case Lasts::for_ever:
      return "and all after it";
  }
  return "";
}

DiskPlan fault_at(std::uint64_t n, DiskFault fault, Lasts lasts, DiskCalls calls) {
  return [n, fault, lasts, calls = std::move(calls), count = std::uint64_t{0},
          struck = DiskCall()](const DiskCall& call) mutable {
    if (calls && !calls(call)) return DiskFault::none;
    ++count;
    if (count == n) struck = call;
    const bool its_kind = call.operation == struck.operation && call.path == struck.path;
    const bool later = lasts == Lasts::for_ever || (lasts == Lasts::its_kind && its_kind);
    const bool now = count == n || (count > n && later);
    return now && befalls(fault, call.operation) ? fault : DiskFault::none;
  };
}

}  // namespace yijuan::test
