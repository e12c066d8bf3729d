// A coin acceptor: what falls in is taken. The contract is cash_acceptor.hpp's.
#pragma once

#include "ports/cash_acceptor.hpp"

namespace yijuan {

class CoinAcceptor : public CashAcceptor {};

}  // namespace yijuan
