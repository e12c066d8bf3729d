#include "async/cancellation.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/assert.hpp"
#include "base/log.hpp"

namespace yijuan {

asio::awaitable<bool> is_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

namespace detail {

void Canceller::cancel(const asio::any_io_executor& executor) {
  asio::dispatch(executor, [self = shared_from_this()] {
    self->wanted = true;
    if (self->begun) self->signal.emit(asio::cancellation_type::terminal);
  });
}

asio::awaitable<void> begin_root(Canceller& canceller) {
  co_await asio::this_coro::throw_if_cancelled(false);
  canceller.begun = true;
  if (canceller.wanted) canceller.signal.emit(asio::cancellation_type::terminal);
  co_await asio::post(asio::use_awaitable);
}

Error error_of_exception(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return AsyncErrc::cancelled;
    log_error("async", error.what());
  } catch (const std::exception& error) {
    log_error("async", error.what());
  } catch (...) {
    log_error("async", "an exception of an unknown type");
  }
  YIJUAN_ASSERT(false, "a task ended by an exception; the edge that calls the library catches it");
}

void RootEnded::operator()(const std::exception_ptr& exception) const {
  YIJUAN_ASSERT(!exception, "a task's root ended by an exception");
}

}  // namespace detail
}  // namespace yijuan
