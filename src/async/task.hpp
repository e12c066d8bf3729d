// Task<T>: a coroutine on the daemon's one loop that ends with a Result<T>.
//
// Rules (see also clang-tidy's coroutine checks): only named functions are coroutines; arguments
// by value, or references to things that outlive the task; every spawn goes through a TaskGroup;
// cancellation arrives as AsyncErrc::cancelled, never as an exception (async/cancellation.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"

namespace yijuan {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<Result<T>>;

}  // namespace yijuan
